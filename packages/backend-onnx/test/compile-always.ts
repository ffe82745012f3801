/** Imported by tests of graphs: every call becomes part of one, also of one that runs only once. */
process.env.ACC_ONNX_COMPILE = "always";
