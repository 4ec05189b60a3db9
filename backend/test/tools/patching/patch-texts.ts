/** The pieces that patches in tests are made of, and the files that they change. */
export type Files = Readonly<Record<string, string>>;

export const frame = (body: string): string => `*** Begin Patch\n${body}\n*** End Patch`;
export const update = (body: string, path = "a"): string => frame(`*** Update File: ${path}\n${body}`);

export const code = [
  "class A {",
  "  one() {",
  "    return 1;",
  "  }",
  "  two() {",
  "    return 1;",
  "  }",
  "}",
  "class B {",
  "  one() {",
  "    return 1;",
  "  }",
  "}",
  "",
].join("\n");

export const changed = (line: number, text: string): string =>
  code
    .split("\n")
    .map((old, index) => (index === line - 1 ? text : old))
    .join("\n");
export const inserted = (afterLine: number, text: string): string =>
  code
    .split("\n")
    .flatMap((old, index) => (index === afterLine - 1 ? [old, text] : [old]))
    .join("\n");

/** What comes of it: all files, or what the error says while nothing is changed. */
