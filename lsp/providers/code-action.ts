/**
 * Repairs, imports in order, and changes of a program that are proved before they are made. What is listed costs nothing to
 * list: an edit that needs more than that is made, checked and proved when a client asks for it, or says why there is none.
 */
import {
  CodeActionKind,
  MessageType,
  ShowMessageNotification,
  type CancellationToken,
  type CodeAction,
  type CodeActionParams,
} from "vscode-languageserver";
import { refuse, type Offer, type Outcome, type Scene } from "../actions/action.js";
import { organizeImports } from "../actions/organize-imports.js";
import { fixAll, quickFixesAt } from "../actions/quick-fixes.js";
import { refactorings } from "../actions/refactorings.js";
import { demandCurrent, demandUnchangedFrom } from "../documents/begun.js";
import type { Provider } from "../provider.js";
import type { Server } from "../server.js";
import { protocolDiagnostic } from "./diagnostics.js";
import { workspaceEdit } from "./rename.js";

const fixAllKind = `${CodeActionKind.SourceFixAll}.stretto`;
const organizeKind = CodeActionKind.SourceOrganizeImports;

const sourceActions = [
  { kind: fixAllKind, title: "Fix all that has one fix", propose: fixAll },
  { kind: organizeKind, title: "Organize imports", propose: organizeImports },
];

/** What an action is known by between the list and its edit. */
interface ActionData {
  readonly uri: string;
  /** Of the document that it was listed for. */
  readonly version: number;
  /** Of a refactoring, or the kind of a source action. */
  readonly id: string;
  readonly start: number;
  readonly end: number;
  readonly argument: string;
}

export const codeActionProvider: Provider = {
  capabilities: () => ({
    codeActionProvider: {
      codeActionKinds: [
        ...[CodeActionKind.QuickFix, fixAllKind, organizeKind],
        ...[...new Set(refactorings.map(({ kind }) => kind))].sort(),
      ],
      resolveProvider: true,
    },
  }),
  register(connection, server) {
    connection.onCodeAction(async (params, token) => {
      const scene = sceneOf(params, token, server);
      if (!scene) return null;
      const actions = [...quickFixes(scene, params), ...listed(scene, params)];
      const { resolveSupport, dataSupport } = server.client.textDocument?.codeAction ?? {};
      if (dataSupport === true && resolveSupport?.properties.includes("edit")) return actions;
      const all: CodeAction[] = [];
      for (const action of actions) all.push(await resolved(action, token, server));
      demandCurrent(scene.analysis, server);
      return all.filter(({ edit }) => edit !== undefined).map((action) => ({ ...action, data: undefined }));
    });
    connection.onCodeActionResolve(async (action, token) => {
      const answer = await resolved(action, token, server);
      if (answer.disabled && !takesReasons(server)) {
        const message = answer.disabled.reason;
        void connection.sendNotification(ShowMessageNotification.type, { type: MessageType.Info, message });
      }
      return answer;
    });
  },
};

/** Whether the client shows why an action that was chosen is none; of others, as VS Code, nothing would be seen. */
function takesReasons({ client }: Server): boolean {
  return client.textDocument?.codeAction?.resolveSupport?.properties.includes("disabled") ?? false;
}

function sceneOf(
  { textDocument: { uri }, range }: CodeActionParams,
  token: CancellationToken,
  server: Server,
): Scene | undefined {
  const analysis = server.analysisOf(uri);
  if (!analysis) return undefined;
  const selection = { start: analysis.offsetAt(range.start), end: analysis.offsetAt(range.end) };
  return { server, analysis, selection, token };
}

function quickFixes(scene: Scene, { context }: CodeActionParams): CodeAction[] {
  if (!isAskedFor(CodeActionKind.QuickFix, context.only)) return [];
  const { analysis, server } = scene;
  return quickFixesAt(scene).map(({ title, diagnostic, edits, isOnly }) => ({
    ...{ title, kind: CodeActionKind.QuickFix, edit: workspaceEdit(edits, server) },
    diagnostics: [protocolDiagnostic(diagnostic, analysis, server.platform)],
    ...(isOnly && { isPreferred: true }),
  }));
}

/** Without edits. Those of the whole file only where they are asked for by kind, as a client does on saving. */
function listed(scene: Scene, { context }: CodeActionParams): CodeAction[] {
  const { analysis, selection } = scene;
  const action = (id: string, kind: string, { title, argument, disabled }: Offer): CodeAction => {
    const data: ActionData = { uri: analysis.uri, version: analysis.version, id, ...selection, argument };
    return { title, kind, data, ...(disabled !== undefined && { disabled: { reason: disabled } }) };
  };
  const ofFile = sourceActions.filter(({ kind }) => context.only !== undefined && isAskedFor(kind, context.only));
  const ofPlace = refactorings.filter(({ kind }) => isAskedFor(kind, context.only));
  return [
    ...ofFile.map(({ kind, title }) => action(kind, kind, { title, argument: "" })),
    ...ofPlace.flatMap(({ id, kind, offers }) => offers(scene).map((offer) => action(id, kind, offer))),
  ];
}

/** Whether a client that asks for these kinds wants one of this kind: `refactor` asks for `refactor.extract` too. */
function isAskedFor(kind: string, only: readonly string[] | undefined): boolean {
  return only === undefined || only.some((asked) => asked === "" || kind === asked || kind.startsWith(`${asked}.`));
}

/** With its edit, or disabled with the reason. */
async function resolved(action: CodeAction, token: CancellationToken, server: Server): Promise<CodeAction> {
  if (action.edit) return action;
  const data = action.data as ActionData;
  const analysis = server.analysisOf(data.uri);
  if (analysis?.version !== data.version) return { ...action, disabled: { reason: "The document has changed since." } };
  const { id, argument, start, end } = data;
  const demandUnchanged = demandUnchangedFrom(server);
  const outcome = await outcomeOf(id, argument, { server, analysis, selection: { start, end }, token });
  demandCurrent(analysis, server);
  if ("refused" in outcome) return { ...action, disabled: { reason: outcome.refused } };
  demandUnchanged(outcome.edits.keys());
  return { ...action, edit: workspaceEdit(outcome.edits, server) };
}

async function outcomeOf(id: string, argument: string, scene: Scene): Promise<Outcome> {
  const source = sourceActions.find(({ kind }) => kind === id);
  if (source) return source.propose(scene);
  const refactoring = refactorings.find((one) => one.id === id);
  return refactoring ? refactoring.propose(argument, scene) : refuse("There is no such action.");
}
