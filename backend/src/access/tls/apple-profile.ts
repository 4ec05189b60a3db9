/** A configuration profile by which iOS and macOS take in an authority. */
import { createHash } from "node:crypto";

/** The profile, unsigned XML. The same authority always gives the same identifiers, so that installing it again replaces it. */
export function appleProfile(
  authority: { readonly authorityPem: string; readonly fingerprint: string },
  machine: string,
): string {
  const name = escapeXml(`VoxPilot ${machine}`.trim());
  const identifier = `voxpilot.${createHash("sha256").update(authority.fingerprint).digest("hex").slice(0, 16)}`;
  const content = authority.authorityPem.replaceAll(/-----[A-Z ]+-----|\s/g, "");
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>PayloadType</key><string>Configuration</string>
  <key>PayloadVersion</key><integer>1</integer>
  <key>PayloadIdentifier</key><string>${identifier}</string>
  <key>PayloadUUID</key><string>${uuidOf(identifier)}</string>
  <key>PayloadDisplayName</key><string>${name}</string>
  <key>PayloadContent</key>
  <array>
    <dict>
      <key>PayloadType</key><string>com.apple.security.root</string>
      <key>PayloadVersion</key><integer>1</integer>
      <key>PayloadIdentifier</key><string>${identifier}.authority</string>
      <key>PayloadUUID</key><string>${uuidOf(`${identifier}.authority`)}</string>
      <key>PayloadDisplayName</key><string>${name}</string>
      <key>PayloadCertificateFileName</key><string>ca.crt</string>
      <key>PayloadContent</key><data>${content}</data>
    </dict>
  </array>
</dict>
</plist>
`;
}

function uuidOf(name: string): string {
  const hex = createHash("sha256").update(name).digest("hex");
  // Version 8 of RFC 9562: made from whatever the application likes.
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`.toUpperCase();
}

function escapeXml(text: string): string {
  const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
  return text.replaceAll(/[&<>]/g, (character) => entities[character] ?? character);
}
