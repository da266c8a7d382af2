import fc from "fast-check";
import { expect, test } from "vitest";
import { fitAlphaBeta, measured, sendrecvFit } from "../../bench/reference/alpha-beta.mjs";
import { measure } from "../../simulator/measure.js";
import { simulate } from "../../simulator/simulate.js";
import { plannedText } from "../support/plan-text.js";
import { readProjectFile } from "../support/project.js";

const errorOf = (alphaUs: number, gigabytesPerSecond: number): number =>
  measured.reduce((sum, { bytes, sendrecv }) => {
    const us = alphaUs + bytes / (gigabytesPerSecond * 1e3);
    return sum + (us / sendrecv - 1) ** 2;
  }, 0);

test("no other latency and bandwidth has a smaller sum of squared relative errors", () => {
  const { alphaUs, gigabytesPerSecond } = sendrecvFit;
  const least = errorOf(alphaUs, gigabytesPerSecond);
  fc.assert(
    fc.property(fc.double({ min: 0.5, max: 2, noNaN: true }), fc.double({ min: 0.5, max: 2, noNaN: true }), (a, b) => {
      expect(errorOf(a * alphaUs, b * gigabytesPerSecond)).toBeGreaterThanOrEqual(least * (1 - 1e-12));
    }),
  );
});

test("a line is found from points on it", () => {
  const points = measured.map(({ bytes }) => ({ bytes, us: 3 + bytes / 200e3 }));
  const { alphaUs, gigabytesPerSecond } = fitAlphaBeta(points);
  expect(alphaUs).toBeCloseTo(3, 9);
  expect(gigabytesPerSecond).toBeCloseTo(200, 6);
});

test("the machine has the link of the fit, and its rows are the closed forms of it", () => {
  const { alphaUs, gigabytesPerSecond } = sendrecvFit;
  const text = readProjectFile("bench/reference/nccl.stretto");
  expect(text).toContain(`{ ${gigabytesPerSecond.toFixed(2)} GB/s each way, ${alphaUs.toFixed(3)} us }`);
  for (const { bytes } of measured) {
    const micros = (schedule: string): number => {
      const { graph, program } = plannedText(text, schedule, { set: new Map([["bytes", String(bytes)]]) }).planned;
      return measure(graph, program.machine, simulate(graph, program.machine)).makespan_ns / 1e3;
    };
    const onWire = bytes / (gigabytesPerSecond * 1e3);
    const half = (7 / 8) * onWire;
    expect(micros("sendrecv") / (alphaUs + onWire)).toBeCloseTo(1, 3);
    expect(micros("all_reduce") / (2 * (alphaUs + half))).toBeCloseTo(1, 3);
    expect(micros("all_reduce_ring") / (14 * (alphaUs + onWire / 8))).toBeCloseTo(1, 3);
  }
});
