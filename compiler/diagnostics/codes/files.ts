import { error, message, note } from "../message.js";

const files = { producedBy: "test/null/bind-files.test.ts" } as const;

/** ST7xxx: files, options and limits. */
export const fileCodes = {
  "file-not-found": error("ST7001", message`There is no file \`${"path"}\`.`, files),
  "not-a-file": error("ST7002", message`\`${"path"}\` is ${"found"}, not a file.`, files),
  "file-too-large": error("ST7003", message`\`${"path"}\` has ${"size"} bytes; the limit is ${"limit"}.`, files),
  "not-utf8": error("ST7004", message`\`${"path"}\` is not UTF-8 text.`, files),
  "file-unreadable": error("ST7005", message`\`${"path"}\` cannot be read: ${"reason"}.`, files),
  "file-outside-folder": error(
    "ST7006",
    message`\`${"path"}\` leads out of the folder of the file that was given, and nothing outside it is read.`,
    files,
  ),
  "more-left-out": note("ST7007", message`${"count"} more in this file are left out.`, {
    producedBy: "test/null/diagnostics-collector.test.ts",
  }),
  "unknown-profile": error("ST7008", message`There is no profile \`${"name"}\`.${"hint"}`, {
    producedBy: "test/null/bind-params.test.ts",
  }),
  "unknown-setting": error("ST7009", message`\`--set ${"name"}\`: no param or table has that name.${"hint"}`, {
    producedBy: "test/null/bind-params.test.ts",
  }),
  "setting-unreadable": error("ST7010", message`\`--set ${"name"}=${"text"}\` is no expression.`, {
    producedBy: "test/null/bind-params.test.ts",
  }),
  "unknown-machine": error("ST7012", message`There is no machine \`${"name"}\`.${"hint"}`, {
    producedBy: "test/null/bind-mesh.test.ts",
  }),
  "standard-library-missing": error(
    "ST7011",
    message`\`${"path"}\` of the standard library is missing: the installation is broken.`,
    files,
  ),
} as const;
