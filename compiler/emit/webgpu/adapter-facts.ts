/** What an adapter has, as far as kernels are chosen by it. */
export interface AdapterFacts {
  /** It computes on the cores. */
  readonly isSoftware: boolean;
  readonly features: ReadonlySet<string>;
  readonly subgroupMinSize?: number | undefined;
  readonly subgroupMaxSize?: number | undefined;
  /** `maxComputeWorkgroupStorageSize`, `maxComputeInvocationsPerWorkgroup`. */
  readonly workgroupBytes: number;
  readonly workgroupInvocations: number;
}
