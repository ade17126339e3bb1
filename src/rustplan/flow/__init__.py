"""The defect engine: an abstract interpreter of C and C++ functions on a compact form of them.

In the order of the work:

- `ctypes`, `constants`, `declarations`, `type_reading`, `file_level`, `headers`: the types and constants of a file and of the headers it includes;
- `ir` is the compact form, `lower*`, `macros`, `counting` make it of syntax nodes;
- `values` and `memory`: what is known at one point of one path; `merging` makes one of two;
- the interpreter, a chain of classes that each add a topic: `run` (budget, events), memory (`bounds`, `strings`, `stores`, `places`,
  `access`), values (`comparing`, `arithmetic`, `fitting`), `evaluate` and `conditions`, library functions (`arguments` to `containers`),
  calls (`strangers`, `callees`, `calls`), and statements (`joining` to `statements`);
- `engine` runs one file, `project` follows calls into others, `models` says what library functions do, and `events` is what comes out.
"""
