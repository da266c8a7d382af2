/** A machine of eight ranks whose memory and launches cost nothing: times are those of arithmetic and links alone. */
export const idealMachine = `
machine ideal {
  rank gpu[8] {
    compute f32 1 TFLOP/s
    sms 10, each moves 10 GB/s
    memory hbm 80 GB at 1000 TB/s
    copy engines 8
    launch 0 us
  }
  link gpu <-> gpu: switch { 100 GB/s each way, 2 us }
}
`;
