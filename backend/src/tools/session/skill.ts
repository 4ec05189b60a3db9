/** Loads a skill: what a project or its user has written down on how something is done. */
import * as z from "zod";
import { type Tool, type ToolContext, ToolError, type ToolResult } from "../../agent/tool.ts";
import { displayPath } from "../../workspace/files/safe-path.ts";
import { listSkills, loadSkill, type SkillPlaces } from "../../workspace/guidance/skills.ts";
import { sessionPlan } from "./session-plan.ts";

const Input = z.object({ name: z.string().min(1).describe("As the list of skills names it") });
type Input = z.infer<typeof Input>;

/** Where the skills of a project are looked for, beside its own. */
export type SkillsFolder = () => SkillPlaces["userFolder"];

/** Makes the `skill` tool. */
export function createSkillTool(userFolder: SkillsFolder): Tool<Input> {
  return {
    name: "skill",
    kind: "read",
    description: "Load a skill by its name: instructions for a kind of task, with the folder of its files.",
    brief: "Load a skill by its name.",
    input: Input,
    synonyms: { skill: "name", skill_name: "name", skillName: "name", command: "name", id: "name" },
    readOnly: true,
    offer: "named",
    title: (input) => input.name,
    plan(input) {
      return Promise.resolve(
        sessionPlan(input.name, (context) =>
          load(input, { root: context.root, userFolder: userFolder() }, context),
        ),
      );
    },
  };
}

async function load(input: Input, places: SkillPlaces, context: ToolContext): Promise<ToolResult> {
  const name = input.name.trim();
  const loaded = await loadSkill(places, name);
  if (loaded === null) {
    const names = (await listSkills(places)).map((skill) => skill.name);
    const there =
      names.length === 0
        ? "There are no skills here. Go on without it."
        : `There are: ${names.join(", ")}. Load one of these, or go on without.`;
    throw new ToolError(`There is no skill ${name}. ${there}`);
  }
  const folder = displayPath(context.root, loaded.skill.folder);
  return { text: `Skill ${name}; its files lie in ${folder}.\n\n${loaded.text}` };
}
