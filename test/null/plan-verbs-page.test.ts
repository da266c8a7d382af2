import { describe, expect, test } from "vitest";
import { fencesOf } from "../support/fences.js";
import { issueList } from "../support/issue-list.js";
import { plannedText } from "../support/plan-text.js";
import { readProjectFile } from "../support/project.js";

// docs/reference/verbs.md: a section's program, then one list for each of its schedules: ```text issued=after.

const page = readProjectFile("docs/reference/verbs.md");
const sections = page
  .split(/^## /m)
  .slice(1)
  .map((text) => [text.slice(0, text.indexOf("\n")), fencesOf(text)] as const);

test("each verb of a schedule has its section", () => {
  const verbs = ["tile", "overlap", "async", "order", "priority", "accumulate", "split", "fuse", "use", "run", "keep"];
  for (const verb of verbs) expect(sections.some(([title]) => title.startsWith(`\`${verb} `))).toBe(true);
});

describe.each(sections)("%s", (_title, fences) => {
  const program = fences.find((fence) => fence.language === "stretto")!.body;
  test.each(
    fences.filter((fence) => fence.info.has("issued")).map((fence) => [fence.info.get("issued")!, fence] as const),
  )("%s is issued as the page shows", (schedule, fence) => {
    expect(`${issueList(plannedText(program, schedule).planned.plan, 0)}\n`).toBe(fence.body);
  });
});
