/** Which tools a request offers: all where there is room, and where there is little only what the work has come to. */
import type { SessionMode } from "../protocol/session.ts";
import type { EditFormat } from "./model.ts";
import type { Profile, Tool } from "./tool.ts";

/** Where a turn stands. */
export interface OfferStage {
  readonly profile: Profile;
  readonly mode: SessionMode;
  /** Of the turn, from 1. */
  readonly step: number;
  /** What the user has said in this conversation. */
  readonly words: string;
  /** Of the two tools that change files in place, exactly the one of this form is offered. */
  readonly editFormat: EditFormat;
}

const laterStep = 4;

/** Whether the model is offered the tool now; one that it calls all the same is run as any other. */
export function isOffered(tool: Tool, stage: OfferStage): boolean {
  if (tool.editFormat !== undefined && tool.editFormat !== stage.editFormat) return false;
  if (tool.offer === "plan") return stage.mode === "plan";
  if (stage.profile !== "small") return true;
  if (stage.mode === "plan" && (tool.kind === "edit" || tool.kind === "delete" || tool.kind === "move"))
    return false;
  switch (tool.offer) {
    case "later":
      return stage.step >= laterStep;
    case "named":
      return isNamed(tool, stage.words);
    case "standard":
      return false;
    default:
      return true;
  }
}

function isNamed(tool: Tool, words: string): boolean {
  if (tool.kind === "fetch" && /https?:\/\//i.test(words)) return true;
  if (tool.name === "task" && /\bsub-?agents?\b/i.test(words)) return true;
  const name = tool.name.replace(/[^a-zA-Z0-9]+/g, "[ _-]?");
  return name !== "" && new RegExp(`\\b${name}s?\\b`, "i").test(words);
}
