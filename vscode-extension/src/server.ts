import type { BaseLanguageClient, StaticFeature } from "vscode-languageclient";
import type { Disposable } from "vscode";

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

  /**
   * @param create makes a client that is not started
   * @param attach adds what a started client answers
   */
  constructor(
    private readonly create: () => BaseLanguageClient,
    private readonly attach: (client: BaseLanguageClient) => void,
  ) {}

  async start(): Promise<void> {
    const client = this.create();
    client.registerFeature(carriesOutCommands);
    this.client = client;
    this.attach(client);
    await client.start();
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    await client?.dispose();
  }

  /** Rejects where no server runs, and with what the server says of a request that it cannot answer. */
  async request<Result>(
    method: string,
    parameters: object,
    signal?: Parameters<BaseLanguageClient["sendRequest"]>[2],
  ): Promise<Result> {
    if (this.client === undefined) throw new Error("the language server does not run");
    return (await this.client.sendRequest(method, parameters, signal as never)) as Result;
  }

  dispose(): void {
    void this.stop();
  }
}
