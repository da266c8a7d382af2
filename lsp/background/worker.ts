/** Another thread, on which all that takes long is done. */
export interface BackgroundWorker {
  /** Gives it something that can be cloned. */
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called when it has gone without being asked to. */
  onCrash(listener: (reason: string) => void): void;
  /** Ends it, whatever it is at. */
  terminate(): void;
}

export type StartWorker = () => BackgroundWorker;
