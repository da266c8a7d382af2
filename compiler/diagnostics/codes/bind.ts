import { error, message, note } from "../message.js";

/** ST2xxx: names, imports, params, tables, meshes, machines. */
export const bindCodes = {
  "not-built-yet": error("ST2001", message`${"what"}: the language has room for it, but it is not built yet.`),
  "claim-not-judged": note("ST2002", message`${"what"} is not built yet: ${"instead"}.`),

  // Names
  "unknown-name": error("ST2101", message`Nothing is named \`${"name"}\` here; ${"expected"} is needed.${"hint"}`),
  "duplicate-name": error("ST2102", message`\`${"name"}\` is declared twice among the ${"namespace"} of this file.`),
  "wrong-noun": error("ST2103", message`\`${"name"}\` is ${"found"}; ${"expected"} is needed here.`),
  "duplicate-setting": error("ST2104", message`\`${"name"}\` is given twice here.`),

  // Imports
  "import-not-found": error("ST2201", message`There is no file \`${"path"}\` to import.${"hint"}`),
  "import-path-form": error(
    "ST2202",
    message`\`${"path"}\` is no import path: write \`./name.stretto\` or \`std/name\`.`,
  ),
  "import-cycle": error("ST2203", message`This import closes a cycle: ${"cycle"}.`),
  "import-too-deep": error("ST2204", message`Imports nest deeper than ${"limit"} files.`, {
    producedBy: "test/null/bind-limits.test.ts",
  }),
  "too-many-files": error("ST2205", message`More than ${"limit"} files are imported.`, {
    producedBy: "test/null/bind-limits.test.ts",
  }),
  "import-outside-folder": error(
    "ST2206",
    message`\`${"path"}\` lies outside the folder of the file that was given, and nothing outside it is read.`,
  ),
  "unknown-import": error("ST2207", message`\`${"path"}\` declares no \`${"name"}\`.${"hint"}`),

  // Values and units
  "param-cycle": error("ST2301", message`\`${"name"}\` depends on itself: ${"cycle"}.`),
  "mixed-units": error("ST2302", message`\`${"operator"}\` mixes ${"left"} with ${"right"}.`),
  "division-by-zero": error("ST2303", message`This divides by zero.`),
  "not-finite": error("ST2304", message`This has no finite value.`),
  "value-too-large": error(
    "ST2305",
    message`${"value"} is beyond 2^53: whole numbers of that size are not exact, and nothing that large is built.`,
  ),
  "size-not-whole": error("ST2306", message`${"what"} must be a whole number; this is ${"value"}.`),
  "size-not-positive": error("ST2307", message`${"what"} must be at least 1; this is ${"value"}.`),
  "size-too-large": error("ST2308", message`${"what"} is ${"value"}; the limit is ${"limit"}.`),
  "wrong-unit": error("ST2309", message`${"what"} must be ${"expected"}; this is ${"found"}.`),
  "not-a-value": error("ST2310", message`This has no value that is known before the program runs.`),
  "wrong-argument-count": error("ST2311", message`\`${"name"}\` takes ${"expected"}; this gives ${"found"}.`),
  "value-out-of-range": error("ST2312", message`${"what"} must be ${"expected"}; this is ${"value"}.`),
  "axis-factors": error("ST2313", message`${"what"}`),

  // Tables
  "unknown-distribution": error("ST2401", message`\`${"name"}\` gives no rows: there are ${"known"}.${"hint"}`),
  "table-without-rows": error(
    "ST2402",
    message`The rows of \`${"name"}\` are given nowhere: write \`= uniform()\` or another distribution.`,
  ),
  "too-many-choices": error(
    "ST2403",
    message`\`top(${"count"})\` asks each of \`${"from"}\` for ${"count"} different choices, but only ${"available"} of \`${"to"}\` can be chosen.`,
  ),
  "table-too-large": error("ST2404", message`\`${"name"}\` would have ${"rows"} rows; the limit is ${"limit"}.`),
  "unknown-column": error(
    "ST2405",
    message`A table has no such column: write \`top(k)\`, or \`any\` where a file has the rows.`,
  ),

  // Tables from files
  "table-path-form": error(
    "ST2406",
    message`\`${"path"}\` is no path of a table's file: write \`routes/name.csv\`, in or below the folder of the file that was given.`,
  ),
  "table-header": error(
    "ST2407",
    message`The first line of a table's file must be \`length\`, where each index has one row, or begin with \`from,to\` or \`from,to,weight\`; this is ${"found"}.`,
  ),
  "table-row-width": error("ST2408", message`A row must have ${"expected"} cells; this has ${"found"}.`),
  "table-cell": error("ST2409", message`\`${"column"}\` must be ${"expected"}; this is ${"found"}.`),
  "table-row-twice": error("ST2410", message`The row from ${"from"} to ${"to"} is there already.`),
  "table-row-count": error(
    "ST2411",
    message`${"index"} of \`${"axis"}\` has ${"found"} rows in the file; ${"needed"} are needed.${"more"}`,
  ),
  "recorded-with-seed": error("ST2412", message`These rows are not drawn: they take no seed.`),

  // Tables made from others, and further columns
  "table-cycle": error("ST2413", message`\`${"name"}\` is made from itself: ${"cycle"}.`),
  "table-empty": error("ST2414", message`\`${"name"}\` has no rows.`),
  "table-value": error(
    "ST2415",
    message`\`${"column"}\` points into \`${"axis"}\`, so it must be from 0 to ${"last"}; for the row from ${"from"} to ${"to"} it is ${"value"}.`,
  ),
  "table-no-value": error("ST2416", message`This has no value for the row from ${"from"} to ${"to"}: ${"reason"}.`),
  "table-not-a-map": error(
    "ST2417",
    message`\`${"name"}\` has ${"found"} rows for ${"index"} of \`${"axis"}\`; what is asked for an index must have exactly one for each.`,
  ),
  "table-expression": error(
    "ST2418",
    message`${"what"} means nothing in the rows of a table: they are whole numbers, made of \`from\`, \`to\`, columns, params and functions.`,
  ),
  "table-column-missing": error(
    "ST2419",
    message`\`${"name"}\` of \`${"table"}\` has no value: write \`= ..\`, or take the rows from a file that has this column.`,
  ),
  "top-not-drawn": error(
    "ST2420",
    message`\`${"source"}\` says which rows there are; \`top(k)\` is for rows that are drawn, and \`any\` for those of a file.`,
  ),
  "table-axis-size": error(
    "ST2421",
    message`\`${"column"}\` of \`${"name"}\` points into ${"found"}; here it must point into ${"needed"}.`,
  ),
  "table-header-column": error(
    "ST2422",
    message`The table declares no column ${"name"}, or the file has it twice.${"hint"}`,
  ),
  "any-not-recorded": error(
    "ST2423",
    message`\`any\` is for the rows of a file, as many an index as it has; ${"source"}.`,
  ),
  "lengths-sum": error(
    "ST2424",
    message`The lengths of ${"count"} of \`${"to"}\` come to ${"sum"}, but \`${"from"}\` is ${"size"}.${"hint"}`,
  ),
  "lengths-count": error("ST2425", message`There are ${"count"} lengths, but \`${"to"}\` is ${"size"}.`),

  // Meshes and machines
  "mesh-too-large": error("ST2501", message`The mesh has ${"ranks"} ranks, but \`${"machine"}\` has ${"available"}.`),
  "missing-property": error("ST2502", message`${"owner"} states no ${"property"}.`),
  "duplicate-property": error("ST2503", message`${"owner"} states ${"property"} twice.`),
  "unknown-property": error("ST2504", message`${"owner"} takes no \`${"text"}\`.${"hint"}`),
  "unknown-topology": error("ST2505", message`\`${"name"}\` is no topology: there are ${"known"}.${"hint"}`),
  "machine-too-large": error("ST2506", message`\`${"machine"}\` has ${"count"} ${"what"}; the limit is ${"limit"}.`),
  "link-ends-overlap": error(
    "ST2507",
    message`\`${"part"}\` is a part of \`${"whole"}\`: a rank is one end of a link only once.`,
  ),
  "machine-cycle": error("ST2508", message`\`${"name"}\` is a level of itself: ${"cycle"}.`),
  "mesh-rank-twice": error(
    "ST2509",
    message`${"first"} and ${"second"} are both rank ${"rank"}: a rank has one position.`,
  ),
  "unknown-kernel": error("ST2510", message`\`${"name"}\` is no sort of kernel: there are ${"known"}.${"hint"}`),
} as const;
