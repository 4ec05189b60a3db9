/** Text that would do harm if it became anything but text: markup, addresses, terminal sequences. Each run of one sets `window.pwned`. */

const run = "window.pwned=1";

/** Ways to make markup run something; `%` stands where it would. */
const vectors: readonly string[] = [
  "<script>%</script>",
  "<script src=data:text/javascript,%></script>",
  "<img src=x onerror=%>",
  '<img src="x" onerror="%">',
  "<svg onload=%>",
  "<svg><script>%</script></svg>",
  "<svg/onload=%//",
  "<body onload=%>",
  "<iframe src=javascript:%></iframe>",
  '<iframe srcdoc="<script>parent.%</script>"></iframe>',
  "<details open ontoggle=%>x</details>",
  "<video><source onerror=%></video>",
  "<audio src=x onerror=%>",
  "<input autofocus onfocus=%>",
  "<select autofocus onfocus=%></select>",
  "<textarea autofocus onfocus=%></textarea>",
  "<marquee onstart=%>x</marquee>",
  "<object data=javascript:%></object>",
  "<embed src=javascript:%>",
  "<math><mtext><img src=x onerror=%></mtext></math>",
  "<form action=javascript:%><button>x</button></form>",
  "<button formaction=javascript:%>x</button>",
  "<a href=javascript:%>x</a>",
  "<a href='java&#115;cript:%'>x</a>",
  "<base href=javascript:%//>",
  "<meta http-equiv=refresh content='0;url=javascript:%'>",
  "<link rel=stylesheet href=javascript:%>",
  "<style>@import 'javascript:%';</style>",
  "<div style=\"background:url('javascript:%')\">x</div>",
  "<table background=javascript:%><tr><td>x</td></tr></table>",
  "<template><script>%</script></template>",
  "<noscript><p title='</noscript><img src=x onerror=%>'>",
  "<!--><script>%</script>-->",
  "<![CDATA[<script>%</script>]]>",
  "</title><script>%</script>",
  "</textarea><script>%</script>",
  "</script><script>%</script>",
  "&lt;script&gt;%&lt;/script&gt;",
  "\\u003cscript\\u003e%\\u003c/script\\u003e",
  "$" + "{%}{{constructor.constructor('%')()}}",
];

/** Places where a text is put that forgets to be careful. */
const wrappers: readonly ((markup: string) => string)[] = [
  (markup) => markup,
  (markup) => `"'>${markup}`,
  (markup) => `[x](javascript:${run} "${markup}")`,
  (markup) => `**${markup}** \`${markup}\``,
  (markup) => `<b>${markup.toUpperCase().replaceAll("WINDOW.PWNED=1", run)}</b>`,
];

/** Two hundred different ones. */
export const payloads: readonly string[] = wrappers.flatMap((wrap) =>
  vectors.map((vector) => wrap(vector.replaceAll("%", run))),
);

/** The same as names of files: without slashes. */
export const fileNames: readonly string[] = payloads.map((payload, index) =>
  `${index}-${payload.replaceAll("/", "∕")}`.slice(0, 80),
);

/** Every way for text to fetch something from `address`, as Markdown and as HTML. */
export function remoteContent(address: string): readonly string[] {
  return [
    `![inline](${address}/inline.png)`,
    `![reference][pic]\n\n[pic]: ${address}/reference.png`,
    `![title](${address}/title.png "a title")`,
    `[![linked](${address}/linked.png)](${address}/page)`,
    `<img src="${address}/html.png">`,
    `<img srcset="${address}/srcset.png 2x">`,
    `<picture><source srcset="${address}/picture.webp"></picture>`,
    `<svg><image href="${address}/svg.png"/></svg>`,
    `<svg><use href="${address}/use.svg#a"/></svg>`,
    `<style>body{background:url(${address}/css.png)}</style>`,
    `<div style="background:url(${address}/style.png)">x</div>`,
    `<link rel="stylesheet" href="${address}/link.css">`,
    `<link rel="dns-prefetch" href="${address}">`,
    `<link rel="preconnect" href="${address}">`,
    `<link rel="prefetch" href="${address}/prefetch">`,
    `<link rel="icon" href="${address}/icon.png">`,
    `<video poster="${address}/poster.png" src="${address}/video.mp4" autoplay></video>`,
    `<audio src="${address}/audio.mp3" autoplay></audio>`,
    `<iframe src="${address}/frame.html"></iframe>`,
    `<object data="${address}/object.svg"></object>`,
    `<embed src="${address}/embed.svg">`,
    `<script src="${address}/script.js"></script>`,
    `<input type="image" src="${address}/input.png">`,
    `<table background="${address}/table.png"></table>`,
    `<meta http-equiv="refresh" content="0;url=${address}/refresh">`,
    `<form action="${address}/form"><input autofocus></form>`,
    `\`\`\`mermaid\ngraph TD\n  A["<img src='${address}/mermaid.png'>"]\n\`\`\``,
    `$$\\includegraphics{${address}/katex.png}$$`,
    `<math href="${address}/math"><mi>x</mi></math>`,
    `${address}/bare.png`,
  ];
}

/** Thirty spellings of addresses that must lead nowhere. */
export const inertAddresses: readonly string[] = [
  "javascript:window.pwned=1",
  "JAVASCRIPT:window.pwned=1",
  "jAvAsCrIpT:window.pwned=1",
  " javascript:window.pwned=1",
  "java\tscript:window.pwned=1",
  "java&#10;script:window.pwned=1",
  "java%0ascript:window.pwned=1",
  "&#106;avascript:window.pwned=1",
  "&#x6A;avascript:window.pwned=1",
  "javascript&colon;window.pwned=1",
  "javascript://example.org/%0awindow.pwned=1",
  "\u0001javascript:window.pwned=1",
  "vbscript:msgbox(1)",
  "data:text/html,<script>window.pwned=1</script>",
  "DATA:text/html;base64,PHNjcmlwdD4=",
  "blob:http://127.0.0.1/1",
  "file:///etc/passwd",
  "filesystem:http://127.0.0.1/temporary/x",
  "about:blank",
  "view-source:http://127.0.0.1",
  "chrome://settings",
  "intent://scan/#Intent;scheme=zxing;end",
  "ftp://example.org/x",
  "ws://example.org/x",
  "ssh://example.org",
  "tel:+15550100",
  "sms:+15550100",
  "//example.org/x",
  "/settings",
  "../../etc/passwd",
];

const esc = "\u001b";
const bell = "\u0007";

/** Forty sequences that terminals obey; beside each some text that must stay. */
export const terminalSequences: readonly string[] = [
  `${esc}]0;stolen title${bell}`,
  `${esc}]1;stolen title${bell}`,
  `${esc}]2;stolen title${esc}\\`,
  `${esc}]52;c;c3RvbGVu${bell}`,
  `${esc}]52;p;c3RvbGVu${esc}\\`,
  `${esc}]52;;c3RvbGVu${bell}`,
  `${esc}]8;;javascript:window.pwned=1${bell}`,
  `${esc}]8;;http://evil.example${esc}\\`,
  `${esc}]9;stolen notification${bell}`,
  `${esc}]99;;stolen${bell}`,
  `${esc}]777;notify;stolen;stolen${bell}`,
  `${esc}]1337;File=inline=1:c3RvbGVu${bell}`,
  `${esc}]1337;CopyToClipboard=stolen${bell}`,
  `${esc}]4;1;rgb:ff/ff/ff${bell}`,
  `${esc}]10;#ffffff${bell}`,
  `${esc}]11;#ffffff${bell}`,
  `${esc}]50;stolen font${bell}`,
  `${esc}[2J`,
  `${esc}[3J`,
  `${esc}[H`,
  `${esc}[1;1H`,
  `${esc}[999A`,
  `${esc}[999D`,
  `${esc}[2K`,
  `${esc}[?1049h`,
  `${esc}[?25l`,
  `${esc}[?2004h`,
  `${esc}[?1000h`,
  `${esc}[6n`,
  `${esc}[c`,
  `${esc}[21t`,
  `${esc}[8m`,
  `${esc}[5m`,
  `${esc}c`,
  `${esc}7`,
  `${esc}(0`,
  `${esc}#8`,
  `${esc}P+q544e${esc}\\`,
  `${esc}_stolen${esc}\\`,
  `${esc}^stolen${esc}\\`,
];
