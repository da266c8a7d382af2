import { LSPErrorCodes, ResponseError, type BaseLanguageClient, type StaticFeature } from "vscode-languageclient";
import type { CancellationToken, Disposable } from "vscode";

/** Of a request whose document changes while it is answered. */
const mostAttempts = 10;
const pauseMilliseconds = 300;

/** Tells the server that commands of its lenses are ours to carry out. */
const carriesOutCommands: StaticFeature = {
  fillClientCapabilities(capabilities) {
    const { experimental } = capabilities as { experimental?: object };
    capabilities.experimental = { ...experimental, stretto: { commands: true } };
  },
  initialize: () => undefined,
  getState: () => ({ kind: "static" }),
  clear: () => undefined,
};

/** The language server that runs now. It may be another one after a restart, so nobody keeps the client itself. */
export class Server implements Disposable {
  private client: BaseLanguageClient | undefined;
  /** Starts and stops, one after the other: of two at once, one would leave a client behind that nobody stops. */
  private changes: Promise<void> = Promise.resolve();

  /**
   * @param create makes a client that is not started
   * @param attach adds what a started client answers
   */
  constructor(
    private readonly create: () => BaseLanguageClient,
    private readonly attach: (client: BaseLanguageClient) => void,
  ) {}

  start(): Promise<void> {
    return this.afterOthers(() => this.startNow());
  }

  restart(): Promise<void> {
    return this.afterOthers(async () => {
      await this.stopNow();
      await this.startNow();
    });
  }

  stop(): Promise<void> {
    return this.afterOthers(() => this.stopNow());
  }

  private afterOthers(change: () => Promise<void>): Promise<void> {
    const made = this.changes.then(change);
    // One that fails tells whoever asked for it; those after it are made all the same.
    this.changes = made.catch(() => undefined);
    return made;
  }

  private async startNow(): Promise<void> {
    const client = this.create();
    client.registerFeature(carriesOutCommands);
    this.client = client;
    this.attach(client);
    await client.start();
  }

  private async stopNow(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    await client?.dispose();
  }

  /**
   * Rejects where no server runs, and with what the server says of a request that it cannot answer. Where a document, or a
   * setting, has changed meanwhile, it is asked again.
   */
  async request<Result>(method: string, parameters: object, signal?: CancellationToken): Promise<Result> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.requestOnce<Result>(method, parameters, signal);
      } catch (error) {
        const hasChanged = error instanceof ResponseError && error.code === LSPErrorCodes.ContentModified;
        if (!hasChanged || attempt === mostAttempts || signal?.isCancellationRequested) throw error;
        await new Promise((resume) => setTimeout(resume, pauseMilliseconds));
      }
    }
  }

  private async requestOnce<Result>(method: string, parameters: object, signal?: CancellationToken): Promise<Result> {
    const { client } = this;
    if (client === undefined) throw new Error("the language server does not run");
    // One that is absent would be sent as a further parameter.
    if (signal === undefined) return client.sendRequest<Result>(method, parameters);
    return client.sendRequest<Result>(method, parameters, signal);
  }

  dispose(): void {
    void this.stop();
  }
}
