// Prints the report of the module, made on so many threads: node wasm.mjs longhand_bits.wasm 3
import { readFileSync } from "node:fs";

const { instance } = await WebAssembly.instantiate(readFileSync(process.argv[2]), {});
const at = instance.exports.report_bytes(Number(process.argv[3]));
const memory = instance.exports.memory.buffer;
const length = new DataView(memory).getUint32(at, true);
process.stdout.write(Buffer.from(memory, at + 4, length));
