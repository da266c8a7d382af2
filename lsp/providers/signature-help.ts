import { MarkupKind, type SignatureHelp, type SignatureInformation } from "vscode-languageserver";
import { sceneAt } from "../completion/scene.js";
import { signaturesOf, type CallSignature } from "../completion/signatures.js";
import type { Provider } from "../provider.js";

/** What a call may be given, and which of it the cursor is at. */
export const signatureHelpProvider: Provider = {
  capabilities: () => ({
    signatureHelpProvider: { triggerCharacters: ["(", ","], retriggerCharacters: [")"] },
  }),
  register(connection, server) {
    connection.onSignatureHelp(({ textDocument, position }): SignatureHelp | undefined => {
      const analysis = server.analysisOf(textDocument.uri);
      const scene = analysis && sceneAt(analysis, analysis.offsetAt(position), server.platform);
      if (scene?.call === undefined) return undefined;
      const { callee, active } = scene.call;
      const signatures = signaturesOf(callee, scene);
      if (signatures.length === 0) return undefined;
      const fitting = signatures.findIndex(({ parameters, repeats }) => repeats || active < parameters.length);
      return {
        signatures: signatures.map((signature) => informationOf(signature, active)),
        activeSignature: Math.max(0, fitting),
      };
    });
  },
};

function informationOf({ label, parameters, repeats, doc }: CallSignature, active: number): SignatureInformation {
  let from = label.indexOf("(");
  const places = parameters.map((parameter): [number, number] | string => {
    const start = label.indexOf(parameter, from);
    // One that the label does not show in its turn is shown where it first stands.
    const at = start < 0 ? label.indexOf(parameter) : start;
    if (start >= 0) from = at + parameter.length;
    // One that it does not show at all is only counted.
    return at < 0 ? parameter : [at, at + parameter.length];
  });
  const last = parameters.length - 1;
  return {
    label,
    parameters: places.map((place) => ({ label: place })),
    ...(parameters.length > 0 && { activeParameter: repeats ? Math.min(active, last) : active }),
    ...(doc !== undefined && { documentation: { kind: MarkupKind.Markdown, value: doc } }),
  };
}
