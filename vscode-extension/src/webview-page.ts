import { Uri, type Webview, type WebviewPanel, window, ViewColumn, type ExtensionContext } from "vscode";

/** A page beside the editor that runs one of our scripts and can load nothing else, from nowhere else. */
export function openPage(context: ExtensionContext, name: "timeline" | "graph", title: string): WebviewPanel {
  const folder = Uri.joinPath(context.extensionUri, "out/webview");
  const panel = window.createWebviewPanel(
    `stretto.${name}`,
    title,
    { viewColumn: ViewColumn.Beside, preserveFocus: true },
    { enableScripts: true, localResourceRoots: [folder], retainContextWhenHidden: true },
  );
  panel.iconPath = Uri.joinPath(context.extensionUri, "icons/file.svg");
  panel.webview.html = pageOf(panel.webview, folder, name, title);
  return panel;
}

function pageOf(webview: Webview, folder: Uri, name: string, title: string): string {
  const file = (ending: string): string => webview.asWebviewUri(Uri.joinPath(folder, `${name}.${ending}`)).toString();
  const policy = `default-src 'none'; script-src ${webview.cspSource}; style-src ${webview.cspSource}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${title}</title>
<link rel="stylesheet" href="${file("css")}">
</head>
<body>
<script src="${file("js")}"></script>
</body>
</html>`;
}
