/** The icons in use: one typed table of names, drawn as SVG nodes in `currentColor`. */
import {
  Archive,
  ArchiveRestore,
  ArrowDown,
  ArrowRight,
  ArrowUp,
  Check,
  ChevronDown,
  ChevronLeft,
  ChevronRight,
  CircleAlert,
  CircleDashed,
  CircleQuestionMark,
  Copy,
  Ellipsis,
  FileDiff,
  FileText,
  Folder,
  GitBranch,
  Globe,
  GripVertical,
  type IconNode,
  ListTodo,
  ListTree,
  Maximize2,
  Minimize2,
  Minus,
  Monitor,
  Pencil,
  Pin,
  PinOff,
  Play,
  Plug,
  Plus,
  QrCode,
  Search,
  Settings,
  Smartphone,
  Square,
  SquareTerminal,
  ToggleLeft,
  Trash2,
  X,
} from "lucide";
import { svg } from "./dom.ts";

const table = {
  back: ChevronLeft,
  forward: ChevronRight,
  down: ChevronDown,
  close: X,
  check: Check,
  dash: Minus,
  plus: Plus,
  more: Ellipsis,
  copy: Copy,
  settings: Settings,
  folder: Folder,
  branch: GitBranch,
  arrow_down: ArrowDown,
  alert: CircleAlert,
  stop: Square,
  send: ArrowUp,
  play: Play,
  expand: Maximize2,
  shrink: Minimize2,
  list: ListTree,
  diff: FileDiff,
  phone: Smartphone,
  qr: QrCode,
  machine: Monitor,
  read: FileText,
  edit: Pencil,
  delete: Trash2,
  move: ArrowRight,
  search: Search,
  execute: SquareTerminal,
  think: Ellipsis,
  fetch: Globe,
  switch_mode: ToggleLeft,
  other: Plug,
  ask: CircleQuestionMark,
  todo: ListTodo,
  grip: GripVertical,
  interrupted: CircleDashed,
  archive: Archive,
  unarchive: ArchiveRestore,
  pin: Pin,
  unpin: PinOff,
} satisfies Record<string, IconNode>;

export type IconName = keyof typeof table;

/** An empty square would be a box to tick. */
const filled: ReadonlySet<IconName> = new Set(["stop"]);

/** An icon on the 24 grid, shown at 20. With a `label` it is an image with that name, else decoration. */
export function icon(name: IconName, label?: string): SVGSVGElement {
  const naming = label === undefined ? { "aria-hidden": "true" } : { role: "img", "aria-label": label };
  return svg(
    "svg",
    {
      class: "icon",
      viewBox: "0 0 24 24",
      width: 20,
      height: 20,
      fill: filled.has(name) ? "currentColor" : "none",
      stroke: "currentColor",
      "stroke-width": 1.75,
      "stroke-linecap": "round",
      "stroke-linejoin": "round",
      ...naming,
    },
    table[name].map(([tag, attributes]) => shape(tag, attributes)),
  );
}

function shape(tag: string, attributes: Readonly<Record<string, string | number | undefined>>): SVGElement {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes))
    if (value !== undefined) element.setAttribute(name, String(value));
  return element;
}
