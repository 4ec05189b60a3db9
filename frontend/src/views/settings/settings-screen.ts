/** Settings: one list of sections, each one screen deep. Changes apply at once. */
import { h } from "../../lib/dom.ts";
import { icon } from "../../lib/icons.ts";
import { go } from "../../state/navigation.ts";
import { text } from "../../text/en.ts";
import { DeviceSection } from "../devices/device-section.ts";
import { DevicesSection } from "../devices/devices-section.ts";
import { Header } from "../frame/header.ts";
import { NotEncrypted } from "../frame/not-encrypted.ts";
import { ModelsSection } from "../providers/models-section.ts";
import { AboutSection } from "./about-section.ts";
import { AuditSection } from "./audit-section.ts";
import { GitHubSection } from "./github-section.ts";
import { ImportSection } from "./import-section.ts";
import { ReachSection } from "./reach-section.ts";

const sections = {
  devices: DevicesSection,
  models: ModelsSection,
  github: GitHubSection,
  reach: ReachSection,
  device: DeviceSection,
  audit: AuditSection,
  import: ImportSection,
  about: AboutSection,
};
type Section = keyof typeof sections;
const names: readonly Section[] = [
  "devices",
  "models",
  "github",
  "reach",
  "device",
  "audit",
  "import",
  "about",
];

/** The list, or one section of it; an unknown name is the list. */
export function SettingsScreen(section: string | null): HTMLElement {
  const open = names.find((name) => name === section);
  return h(
    "div",
    { class: "settings-screen" },
    Header({
      title: () => (open === undefined ? text.settings.title : text.settings.sections[open]),
      start: "back",
      end: [NotEncrypted()],
    }),
    h("div", { class: "settings-body" }, open === undefined ? SectionList() : sections[open]()),
  );
}

function SectionList(): HTMLElement {
  return h(
    "ul",
    { class: "option-list" },
    names.map((name) => h("li", null, SectionLink(name))),
  );
}

function SectionLink(name: Section): HTMLElement {
  return h(
    "a",
    {
      class: "option-row",
      href: `/settings/${name}`,
      onclick: (event) => {
        event.preventDefault();
        go(`/settings/${name}`);
      },
    },
    h(
      "span",
      { class: "option-words" },
      h("span", { class: "option-name" }, text.settings.sections[name]),
      h("span", { class: "option-line" }, text.settings.hints[name]),
    ),
    icon("forward"),
  );
}
