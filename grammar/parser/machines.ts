import type {
  ComputeProperty,
  Identifier,
  KernelProperty,
  LevelDecl,
  LinkDecl,
  LinkProperty,
  MachineDecl,
  MachineItem,
  NumberLiteral,
  RankDecl,
  RankProperty,
  TierDecl,
} from "../ast.js";
import { standsFor } from "../roles.js";
import { plain, resynchronised, token, word } from "./base.js";
import { keep, StatementRules } from "./statements.js";

/** Machines: ranks, links, levels, tiers. */
export abstract class MachineRules extends StatementRules {
  readonly machine = this.RULE(
    "machine",
    (): MachineDecl => {
      const start = this.start();
      const doc = this.doc();
      this.CONSUME(word.machine);
      const name = this.name("new");
      const items: MachineItem[] = [];
      this.CONSUME(token.LeftBrace);
      this.MANY(() =>
        this.OR([
          { ALT: () => this.CONSUME(token.Semicolon) },
          { ALT: () => keep(items, this.SUBRULE(this.machineItem)) },
        ]),
      );
      this.CONSUME(token.RightBrace);
      return { kind: "MachineDecl", name, items, span: this.since(start), ...doc };
    },
    plain,
  );

  readonly machineItem = this.RULE(
    "machineItem",
    (): MachineItem =>
      this.OR<MachineItem>([
        { ALT: () => this.SUBRULE(this.rankKind) },
        { ALT: () => this.SUBRULE(this.link) },
        { ALT: () => this.SUBRULE(this.level) },
        { ALT: () => this.SUBRULE(this.tier) },
      ]),
    resynchronised,
  );

  readonly rankKind = this.RULE(
    "rankKind",
    (): RankDecl => {
      const start = this.start();
      const doc = this.doc();
      this.CONSUME(word.rank);
      const name = this.name("new");
      const count = this.OPTION(() => {
        this.CONSUME(token.LeftBracket);
        const ranks = this.SUBRULE(this.expression);
        this.CONSUME(token.RightBracket);
        return ranks;
      });
      const properties: RankProperty[] = [];
      this.CONSUME(token.LeftBrace);
      this.MANY(() =>
        this.OR([
          { ALT: () => this.CONSUME(token.Semicolon) },
          { ALT: () => keep(properties, this.SUBRULE(this.rankProperty)) },
        ]),
      );
      this.CONSUME(token.RightBrace);
      return { kind: "RankDecl", name, ...(count && { count }), properties, span: this.since(start), ...doc };
    },
    plain,
  );

  readonly rankProperty = this.RULE(
    "rankProperty",
    (): RankProperty => {
      const start = this.start();
      const doc = this.doc();
      return this.OR<RankProperty>([
        {
          ALT: () => {
            this.CONSUME(word.compute);
            const rates = this.separated(0, () => this.SUBRULE(this.rate));
            return { kind: "ComputeProperty", rates, span: this.since(start), ...doc };
          },
        },
        {
          ALT: () => {
            this.CONSUME(word.sms);
            const count = this.SUBRULE(this.expression);
            const moves = this.OPTION(() => {
              this.CONSUME(token.Comma);
              this.CONSUME(word.each);
              this.CONSUME(word.moves);
              return this.SUBRULE1(this.expression);
            });
            return { kind: "SmsProperty", count, ...(moves && { moves }), span: this.since(start), ...doc };
          },
        },
        {
          ALT: () => {
            this.CONSUME(word.memory);
            const name = this.name("new");
            const capacity = this.SUBRULE2(this.expression);
            this.CONSUME(word.at);
            const bandwidth = this.SUBRULE3(this.expression);
            let reduces: Identifier[] = [];
            this.OPTION1(() => {
              this.CONSUME1(token.Comma);
              this.CONSUME(word.reduces);
              reduces = this.names("monoid", 1);
            });
            return { kind: "MemoryProperty", name, capacity, bandwidth, reduces, span: this.since(start), ...doc };
          },
        },
        {
          ALT: () => {
            this.CONSUME(word.copy);
            this.CONSUME(word.engines);
            const count = this.SUBRULE4(this.expression);
            return { kind: "CopyEnginesProperty", count, span: this.since(start), ...doc };
          },
        },
        {
          ALT: () => {
            this.CONSUME(word.nics);
            const count = this.SUBRULE5(this.expression);
            const bandwidth = this.OPTION2(() => {
              this.CONSUME1(word.at);
              return this.SUBRULE6(this.expression);
            });
            return { kind: "NicsProperty", count, ...(bandwidth && { bandwidth }), span: this.since(start), ...doc };
          },
        },
        {
          ALT: () => {
            this.CONSUME(word.launch);
            const time = this.SUBRULE7(this.expression);
            return { kind: "LaunchProperty", time, span: this.since(start), ...doc };
          },
        },
        {
          ALT: () => {
            this.CONSUME(word.efficiency);
            const value = this.SUBRULE8(this.expression);
            return { kind: "EfficiencyProperty", value, span: this.since(start), ...doc };
          },
        },
        {
          ALT: () => {
            this.CONSUME(word.dispatch);
            const time = this.SUBRULE9(this.expression);
            return { kind: "DispatchProperty", time, span: this.since(start), ...doc };
          },
        },
        { ALT: () => this.SUBRULE(this.kernelProperty) },
      ]);
    },
    resynchronised,
  );

  /** `kernel contraction f32 256 by 256 by 64 at 5 GFLOP/s`. */
  readonly kernelProperty = this.RULE(
    "kernelProperty",
    (): KernelProperty => {
      const start = this.start();
      const doc = this.doc();
      this.CONSUME(word.kernel);
      const does = this.name("kernel");
      const dtype = this.name("dtype", 1);
      const sizes = [this.SUBRULE(this.expression)];
      this.MANY(() => {
        this.CONSUME(word.by);
        sizes.push(this.SUBRULE1(this.expression));
      });
      this.CONSUME(word.at);
      const rate = this.SUBRULE2(this.expression);
      return { kind: "KernelProperty", does, dtype, sizes, rate, span: this.since(start), ...doc };
    },
    plain,
  );

  readonly rate = this.RULE(
    "rate",
    (): ComputeProperty["rates"][number] => {
      const dtype = this.name("dtype");
      return { dtype, rate: this.SUBRULE(this.expression) };
    },
    plain,
  );

  /** `link gpu <-> gpu: switch { 200 GB/s each way, 1.5 us }`. */
  readonly link = this.RULE(
    "link",
    (): LinkDecl => {
      const start = this.start();
      const doc = this.doc();
      this.CONSUME(word.link);
      const from = this.SUBRULE(this.path, standsFor("ranks"));
      const directed = this.OR<boolean>([
        {
          ALT: () => {
            this.CONSUME(token.BothWays);
            return false;
          },
        },
        {
          ALT: () => {
            this.CONSUME(token.Arrow);
            return true;
          },
        },
      ]);
      const to = this.SUBRULE1(this.path, standsFor("ranks"));
      this.CONSUME(token.Colon);
      const topology = this.name("topology");
      const properties = this.SUBRULE(this.linkProperties);
      return { kind: "LinkDecl", from, to, directed, topology, properties, span: this.since(start), ...doc };
    },
    plain,
  );

  readonly linkProperties = this.RULE(
    "linkProperties",
    (): LinkProperty[] => {
      this.CONSUME(token.LeftBrace);
      const properties = this.enclosed(0, () => this.SUBRULE(this.linkProperty));
      this.CONSUME(token.RightBrace);
      return properties;
    },
    plain,
  );

  readonly linkProperty = this.RULE(
    "linkProperty",
    (): LinkProperty => {
      const start = this.start();
      const parts: (Identifier | NumberLiteral)[] = [];
      this.AT_LEAST_ONE(() =>
        this.OR([
          { ALT: () => parts.push(this.SUBRULE(this.number)) },
          { ALT: () => parts.push(this.name("link property")) },
        ]),
      );
      return { kind: "LinkProperty", parts, span: this.since(start) };
    },
    plain,
  );

  /** `level node: h800_node[16]`. */
  readonly level = this.RULE(
    "level",
    (): LevelDecl => {
      const start = this.start();
      const doc = this.doc();
      this.CONSUME(word.level);
      const name = this.name("new");
      this.CONSUME(token.Colon);
      const machine = this.SUBRULE(this.simplePath, standsFor("machine"));
      const count = this.OPTION(() => {
        this.CONSUME(token.LeftBracket);
        const machines = this.SUBRULE(this.expression);
        this.CONSUME(token.RightBracket);
        return machines;
      });
      return { kind: "LevelDecl", name, machine, ...(count && { count }), span: this.since(start), ...doc };
    },
    plain,
  );

  /** `tier ssd of node { 8 TB, read 25 GB/s }`. */
  readonly tier = this.RULE(
    "tier",
    (): TierDecl => {
      const start = this.start();
      const doc = this.doc();
      this.CONSUME(word.tier);
      const name = this.name("new");
      this.CONSUME(word.of);
      const of = this.SUBRULE(this.path, standsFor("ranks"));
      const properties = this.SUBRULE(this.linkProperties);
      return { kind: "TierDecl", name, of, properties, span: this.since(start), ...doc };
    },
    plain,
  );
}
