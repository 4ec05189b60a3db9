/** Rules on the sources that the linter has no words for: what could run a stranger's text as code or markup. */
import ts from "typescript";

export interface Violation {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** A rule looks at one node and says what is wrong with it, or null. */
type Rule = (node: ts.Node, file: string) => string | null;

const markupProperties = new Set(["innerHTML", "outerHTML", "srcdoc"]);
const markupMethods = new Set([
  "insertAdjacentHTML",
  "setHTMLUnsafe",
  "parseHTMLUnsafe",
  "createContextualFragment",
  "parseFromString",
]);
const shellFunctions = new Set(["exec", "execSync"]);
const spawnFunctions = new Set(["spawn", "spawnSync", "execFile", "execFileSync", "fork"]);
const codeModules = new Set(["vm", "node:vm", "gray-matter", "front-matter", "js-yaml"]);
/** Runs what was built, and nothing else, from V8's code cache. */
const codeRunner = "backend/src/built-program.ts";

function isTest(file: string): boolean {
  return /(^|\/)(test|e2e)\//.test(file);
}

/** The last name of what is called or reached: `write` of `document.write`. */
function lastName(expression: ts.Expression): string | null {
  if (ts.isIdentifier(expression)) return expression.text;
  if (ts.isPropertyAccessExpression(expression)) return expression.name.text;
  if (ts.isElementAccessExpression(expression) && ts.isStringLiteralLike(expression.argumentExpression)) {
    return expression.argumentExpression.text;
  }
  return null;
}

function ownerName(expression: ts.Expression): string | null {
  if (ts.isPropertyAccessExpression(expression) || ts.isElementAccessExpression(expression)) {
    return lastName(expression.expression);
  }
  return null;
}

function isAssigned(node: ts.Node): boolean {
  const { parent } = node;
  return (
    ts.isBinaryExpression(parent) &&
    parent.left === node &&
    parent.operatorToken.kind >= ts.SyntaxKind.FirstAssignment &&
    parent.operatorToken.kind <= ts.SyntaxKind.LastAssignment
  );
}

/** Tests may read markup to assert on it; nobody may write it. */
const noMarkupProperty: Rule = (node, file) => {
  if (!ts.isPropertyAccessExpression(node) && !ts.isElementAccessExpression(node)) return null;
  const name = lastName(node);
  if (name === null || !markupProperties.has(name)) return null;
  return isTest(file) && !isAssigned(node) ? null : `${name} takes markup: build nodes instead`;
};

const noMarkupMethod: Rule = (node) => {
  if (!ts.isCallExpression(node)) return null;
  const name = lastName(node.expression);
  if (name !== null && markupMethods.has(name)) return `${name} takes markup: build nodes instead`;
  const writesDocument =
    (name === "write" || name === "writeln") && ownerName(node.expression) === "document";
  return writesDocument ? `document.${name} takes markup: build nodes instead` : null;
};

const noEval: Rule = (node) => {
  if (ts.isCallExpression(node)) {
    const name = lastName(node.expression);
    if (name === "eval" || (name === "Function" && ts.isIdentifier(node.expression)))
      return `${name} runs text as code`;
    const isTimer = name === "setTimeout" || name === "setInterval";
    const first = node.arguments[0];
    if (isTimer && first && (ts.isStringLiteralLike(first) || ts.isTemplateExpression(first))) {
      return `${name} runs text as code`;
    }
  }
  return ts.isNewExpression(node) && lastName(node.expression) === "Function"
    ? "Function runs text as code"
    : null;
};

const noCodeModule: Rule = (node, file) => {
  if (file === codeRunner || !ts.isImportDeclaration(node) || !ts.isStringLiteral(node.moduleSpecifier))
    return null;
  const { text } = node.moduleSpecifier;
  return codeModules.has(text) ? `${text} can run text as code` : null;
};

function isChildProcess(specifier: ts.Expression): boolean {
  return ts.isStringLiteral(specifier) && /^(node:)?child_process$/.test(specifier.text);
}

/** `exec` under its own or another name, or any way of taking the whole module, through which it could be had. */
const noExec: Rule = (node) => {
  if (ts.isCallExpression(node)) {
    const owner = ownerName(node.expression);
    const name = lastName(node.expression);
    const isModule = owner === "childProcess" || owner === "child_process";
    return name !== null && shellFunctions.has(name) && isModule
      ? `${name} goes through a shell: use spawn`
      : null;
  }
  if (!ts.isImportDeclaration(node) || !isChildProcess(node.moduleSpecifier)) return null;
  if (node.importClause?.name) return "import the functions of child_process by name";
  const bindings = node.importClause?.namedBindings;
  if (!bindings) return null;
  if (ts.isNamespaceImport(bindings)) return "import the functions of child_process by name";
  const found = bindings.elements.map(({ propertyName, name }) => (propertyName ?? name).text);
  const shell = found.find((name) => shellFunctions.has(name));
  return shell === undefined ? null : `${shell} goes through a shell: use spawn`;
};

/** `shell: true` anywhere, and any `shell` but `false` in the options of something that starts a process. */
const noShellOption: Rule = (node) => {
  if (!ts.isPropertyAssignment(node) && !ts.isShorthandPropertyAssignment(node)) return null;
  if (!(ts.isIdentifier(node.name) || ts.isStringLiteral(node.name)) || node.name.text !== "shell")
    return null;
  const value = ts.isPropertyAssignment(node) ? node.initializer.kind : ts.SyntaxKind.Identifier;
  const call = node.parent.parent;
  const startsProcess = ts.isCallExpression(call) && spawnFunctions.has(lastName(call.expression) ?? "");
  const isForbidden = startsProcess
    ? value !== ts.SyntaxKind.FalseKeyword
    : value === ts.SyntaxKind.TrueKeyword;
  return isForbidden ? "the shell option parses text as a command: pass arguments as a list" : null;
};

function isUnknownType(type: ts.TypeNode | undefined): boolean {
  return type?.kind === ts.SyntaxKind.UnknownKeyword;
}

function returnTypeAround(node: ts.Node): ts.TypeNode | undefined {
  for (let current = node.parent; current; current = current.parent) {
    if (ts.isFunctionLike(current)) return current.type;
  }
  return undefined;
}

/** What outside text says is `unknown` until a schema has looked at it. */
const noUncheckedJson: Rule = (node, file) => {
  if (isTest(file) || !/(^|\/)(src|transcript)\//.test(file) || !ts.isCallExpression(node)) return null;
  if (lastName(node.expression) !== "parse" || ownerName(node.expression) !== "JSON") return null;
  const { parent } = node;
  const isChecked =
    (ts.isCallExpression(parent) && parent.arguments.includes(node)) ||
    (ts.isVariableDeclaration(parent) && isUnknownType(parent.type)) ||
    (ts.isAsExpression(parent) && isUnknownType(parent.type)) ||
    (isHandedOut(parent) && mentionsUnknown(returnTypeAround(node)));
  return isChecked ? null : "give what JSON.parse returns to a schema, or name it unknown";
};

function isHandedOut(parent: ts.Node): boolean {
  return ts.isReturnStatement(parent) || ts.isArrowFunction(parent) || ts.isPropertyAssignment(parent);
}

function mentionsUnknown(type: ts.TypeNode | undefined): boolean {
  return type !== undefined && /\bunknown\b/.test(type.getText());
}

/** Both sides share `transcript/`: it must not pull Zod into the page. */
const pureTranscript: Rule = (node, file) => {
  if (!/(^|\/)transcript\/[^/]+$/.test(file) || isTest(file) || !ts.isImportDeclaration(node)) return null;
  if (!ts.isStringLiteral(node.moduleSpecifier) || node.importClause?.isTypeOnly) return null;
  return node.moduleSpecifier.text.startsWith("./") ? null : "transcript/ takes only types from elsewhere";
};

/** `/X+$/` begins at every place of a run of X that does not end the text: the square of its length. */
const noUnboundTail: Rule = (node, file) => {
  if (
    isTest(file) ||
    !/(^|\/)backend\/src\//.test(file) ||
    node.kind !== ts.SyntaxKind.RegularExpressionLiteral
  )
    return null;
  const pattern = node
    .getText()
    .replace(/\/[a-z]*$/, "")
    .slice(1);
  const isTail = pattern
    .split("|")
    .some((part) => /^(?:\[(?:\\.|[^\]\\])*\]|\\.|[^\\^.(])[+*]\$$/.test(part));
  return isTail ? "write (?<!X)X+$, so that a run of X is looked at once" : null;
};

/** A folder's files are imported one by one: the list of tools is the only list that is a file of its own. */
const noIndexFile: Rule = (node, file) => {
  const isIndex = ts.isSourceFile(node) && /(^|\/)index\.ts$/.test(file);
  return isIndex && file !== "backend/src/tools/index.ts" ? "import the files of a folder one by one" : null;
};

/** Whoever adds a kind of update is led by the compiler to every place that must know it. */
const everyUpdateKind: Rule = (node, file) => {
  if (isTest(file) || !ts.isDefaultClause(node)) return null;
  return lastName(node.parent.parent.expression) === "sessionUpdate"
    ? "name every kind of update, so that a new one is not passed over"
    : null;
};

const rules: readonly Rule[] = [
  everyUpdateKind,
  noIndexFile,
  noUnboundTail,
  noMarkupProperty,
  noMarkupMethod,
  noEval,
  noCodeModule,
  noExec,
  noShellOption,
  noUncheckedJson,
  pureTranscript,
];

/** Everything wrong in one source text; `file` is its path in the package. */
export function violationsIn(file: string, text: string): readonly Violation[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const violations: Violation[] = [];
  const visit = (node: ts.Node): void => {
    for (const rule of rules) {
      const message = rule(node, file);
      const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
      if (message !== null) violations.push({ file, line: line + 1, message });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return violations;
}
