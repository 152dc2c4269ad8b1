/**
 * Reads the expressions of `${…}` for the names in them: the part of Python's expressions that the server's
 * `app/engine/core/expressions.py` takes. What it refuses is no expression here either, as in `${VAR:-x}` of the shell.
 * tests/canvas/test_references_agree.py holds the two against each other.
 *
 * @typedef {{ name: string, at: number, end: number, as: "read" | "bound" | "called" }} Name
 * @typedef {{ kind: "name" | "tuple" | "list" | "place" | "other", height: number, name?: Name, parts?: Part[] }} Part
 */
import { fieldsOf, readQuote } from "./quotes.js";
import { NoExpression, tokensOf } from "./tokens.js";

const LONGEST = 2000, DEEPEST = 40;
const CONSTANTS = new Set(["False", "None", "True"]);
const PUBLIC = new Set(["_system", "_loop", "_inner_loop", "_result"]);
const COMPARISONS = new Set(["<", ">", "<=", ">=", "==", "!="]);
/** The operators that take two values, the loosest first. */
const BINARY = [["|"], ["^"], ["&"], ["<<", ">>"], ["+", "-"], ["*", "/", "//", "%", "@"]];
const PYTHON_BLANK = "[\\t-\\r\\x1c- \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]*";
const INSIDE = new RegExp(`^(${PYTHON_BLANK})([^]*?)${PYTHON_BLANK}$`);
const UNREADABLE = /[\0\ud800-\udfff]/u;

/**
 * The names in an expression with their places in it; null when it is none.
 * @param {string} source
 * @returns {Name[] | null}
 */
export function namesIn(source) {
  if (source.length > LONGEST && [...source].length > LONGEST) return null;
  if (UNREADABLE.test(source)) return null;
  const [, before, inside] = /** @type {RegExpExecArray} */ (INSIDE.exec(source));
  try {
    const reader = new Reader(inside, before.length, false);
    if (reader.whole().height > DEEPEST) return null;
    return reader.names;
  } catch (error) {
    if (error instanceof NoExpression) return null;
    throw error;
  }
}

/** Whether an expression may hold a name. @param {string} name */
const isPublic = (name) => !name.startsWith("_") || PUBLIC.has(name) || name.startsWith("_env_");

/** One level above the highest of some parts. @param {(Part | undefined)[]} parts */
const above = (...parts) => 1 + Math.max(0, ...parts.map((p) => p?.height ?? 0));

/** @param {(Part | undefined)[]} parts @returns {Part} */
const made = (...parts) => ({ kind: "other", height: above(...parts) });

/** What Python counts as a level of its own below a part: its operator, or that it is read. @type {Part} */
const LEAF = { kind: "other", height: 1 };

/** A recursive descent, one token ahead. */
class Reader {
  /**
   * @param {string} source
   * @param {number} offset where the source begins in what its names are told of
   * @param {boolean} inBrackets whether lines may end anywhere in it
   */
  constructor(source, offset, inBrackets) {
    this.source = source;
    this.offset = offset;
    /** @type {Name[]} */
    this.names = [];
    this.tokens = tokensOf(source, inBrackets);
    this.at = 0;
  }

  /** @returns {Part} */
  whole() {
    const part = this.expressions(["end"]);
    if (this.next.kind !== "end") throw new NoExpression();
    return part;
  }

  get next() {
    return this.tokens[this.at];
  }

  /** @param {string} text */
  is(text) {
    return this.next.text === text && (this.next.kind === "mark" || this.next.kind === "keyword");
  }

  /** @param {string} text */
  takes(text) {
    const yes = this.is(text);
    if (yes) this.at += 1;
    return yes;
  }

  /** @param {string} text */
  wants(text) {
    if (!this.takes(text)) throw new NoExpression();
  }

  /** One expression, or several with commas: a tuple. @param {string[]} ends @returns {Part} */
  expressions(ends) {
    const first = this.expression();
    return this.is(",") ? this.tuple(first, ends, () => this.expression()) : first;
  }

  /** @param {Part} first @param {string[]} ends what stands behind the last one @param {() => Part} read @returns {Part} */
  tuple(first, ends, read) {
    const parts = [first];
    while (this.takes(",") && !ends.some((end) => this.is(end) || (end === "end" && this.next.kind === "end"))) parts.push(read());
    return { kind: "tuple", height: above(LEAF, ...parts), parts };
  }

  /** @returns {Part} */
  expression() {
    const value = this.either();
    if (!this.takes("if")) return value;
    const test = this.either();
    this.wants("else");
    return made(value, test, this.expression());
  }

  /** @returns {Part} */
  either() {
    const parts = [this.both()];
    while (this.takes("or")) parts.push(this.both());
    return parts.length > 1 ? made(LEAF, ...parts) : parts[0];
  }

  /** @returns {Part} */
  both() {
    const parts = [this.negation()];
    while (this.takes("and")) parts.push(this.negation());
    return parts.length > 1 ? made(LEAF, ...parts) : parts[0];
  }

  /** @returns {Part} */
  negation() {
    return this.takes("not") ? made(LEAF, this.negation()) : this.comparison();
  }

  /** @returns {Part} */
  comparison() {
    const parts = [this.binary(0)];
    while (this.takesComparison()) parts.push(this.binary(0));
    return parts.length > 1 ? made(LEAF, ...parts) : parts[0];
  }

  takesComparison() {
    if (this.next.kind === "mark" && COMPARISONS.has(this.next.text)) {
      this.at += 1;
      return true;
    }
    if (this.takes("in")) return true;
    if (this.takes("is")) {
      this.takes("not");
      return true;
    }
    if (!this.takes("not")) return false;
    this.wants("in");
    return true;
  }

  /** @param {number} level of `BINARY` @returns {Part} */
  binary(level) {
    if (level === BINARY.length) return this.unary();
    let left = this.binary(level + 1);
    while (this.next.kind === "mark" && BINARY[level].includes(this.next.text)) {
      this.at += 1;
      left = made(LEAF, left, this.binary(level + 1));
    }
    return left;
  }

  /** @returns {Part} */
  unary() {
    if (this.takes("-") || this.takes("+") || this.takes("~")) return made(LEAF, this.unary());
    const base = this.primary();
    return this.takes("**") ? made(LEAF, base, this.unary()) : base;
  }

  /** A value with what is taken of it: `a.b`, `a[0]`, `a(0)`. @returns {Part} */
  primary() {
    let part = this.atom();
    for (;;) {
      if (this.takes(".")) part = this.attribute(part);
      else if (this.takes("[")) part = this.subscript(part);
      else if (this.takes("(")) part = this.call(part);
      else return part;
    }
  }

  /** @param {Part} holder @returns {Part} */
  attribute(holder) {
    if (this.next.kind !== "word" || !isPublic(this.next.text.normalize("NFKC"))) throw new NoExpression();
    this.at += 1;
    return { kind: "place", height: above(holder, LEAF) };
  }

  /** @param {Part} holder @returns {Part} */
  subscript(holder) {
    const first = this.slice();
    const slice = this.is(",") ? this.tuple(first, ["]"], () => this.slice()) : first;
    this.wants("]");
    return { kind: "place", height: above(holder, slice, LEAF) };
  }

  /** @returns {Part} */
  slice() {
    const bound = () => (this.is(":") || this.is("]") || this.is(",") ? undefined : this.expression());
    const low = bound();
    if (!this.takes(":")) {
      if (!low) throw new NoExpression();
      return low;
    }
    const high = bound();
    return made(low, high, this.takes(":") ? bound() : undefined);
  }

  /** @param {Part} callee @returns {Part} */
  call(callee) {
    if (callee.name) callee.name.as = "called";
    /** @type {Part[]} */
    const parts = [];
    while (!this.is(")")) {
      const part = this.expression();
      if (this.is("for")) {
        if (parts.length) throw new NoExpression();
        parts.push(this.comprehension(part));
        break;
      }
      parts.push(part);
      if (!this.takes(",")) break;
    }
    this.wants(")");
    return made(callee, ...parts);
  }

  /** @returns {Part} */
  atom() {
    const { kind, text } = this.next;
    if (kind === "quote") return this.quotes();
    if (kind === "number" || CONSTANTS.has(text)) {
      this.at += 1;
      return made();
    }
    if (kind === "word") return this.word();
    if (this.takes("(")) return this.group();
    if (this.takes("[")) return this.list();
    if (this.takes("{")) return this.braces();
    throw new NoExpression();
  }

  /** @returns {Part} */
  word() {
    const { text, at, end } = this.next, name = text.normalize("NFKC");
    if (!isPublic(name)) throw new NoExpression();
    this.at += 1;
    const found = /** @type {Name} */ ({ name, at: at + this.offset, end: end + this.offset, as: "read" });
    this.names.push(found);
    return { kind: "name", height: above(LEAF), name: found };
  }

  /** What is in parentheses: nothing, a value, a tuple, or a comprehension. @returns {Part} */
  group() {
    if (this.takes(")")) return { kind: "tuple", height: above(LEAF), parts: [] };
    const first = this.expression();
    const part = this.is("for") ? this.comprehension(first) : this.is(",") ? this.tuple(first, [")"], () => this.expression()) : first;
    this.wants(")");
    return part;
  }

  /** @returns {Part} */
  list() {
    if (this.takes("]")) return { kind: "list", height: above(LEAF), parts: [] };
    const first = this.expression();
    const part = /** @type {Part} */ (this.is("for") ? this.comprehension(first) : { ...this.tuple(first, ["]"], () => this.expression()), kind: "list" });
    this.wants("]");
    return part;
  }

  /** An object or a set. @returns {Part} */
  braces() {
    if (this.takes("}")) return made();
    const first = this.is("**") ? undefined : this.expression();
    if (first && !this.is(":")) {
      const set = this.is("for") ? this.comprehension(first) : made(...(this.tuple(first, ["}"], () => this.expression()).parts ?? []));
      this.wants("}");
      return set;
    }
    const parts = first ? [first, this.value()] : [this.spread()];
    if (first && this.is("for")) {
      const object = this.comprehension(...parts);
      this.wants("}");
      return object;
    }
    while (this.takes(",") && !this.is("}")) parts.push(...(this.is("**") ? [this.spread()] : [this.expression(), this.value()]));
    this.wants("}");
    return made(...parts);
  }

  /** @returns {Part} */
  value() {
    this.wants(":");
    return this.expression();
  }

  /** @returns {Part} */
  spread() {
    this.wants("**");
    return this.binary(0);
  }

  /** The `for … in … if …` behind what is made of each. @param {Part[]} each @returns {Part} */
  comprehension(...each) {
    while (this.takes("for")) {
      const first = this.primary();
      const target = this.is(",") ? this.tuple(first, ["in"], () => this.primary()) : first;
      if (target.kind !== "name" && target.kind !== "tuple") throw new NoExpression();
      bind(target);
      this.wants("in");
      const parts = [target, this.either()];
      while (this.takes("if")) parts.push(this.either());
      each.push(made(...parts));
    }
    return made(...each);
  }

  /** Texts beside one another, which are one text. @returns {Part} */
  quotes() {
    /** @type {Part[]} */
    const parts = [];
    let isFormatted = false;
    for (; this.next.kind === "quote"; this.at += 1) {
      const quote = readQuote(this.source, this.next.at), fields = quote?.isFormatted ? fieldsOf(this.source, quote) : [];
      if (!quote || !fields) throw new NoExpression();
      isFormatted ||= quote.isFormatted;
      parts.push(LEAF, ...fields.map(([from, to]) => made(this.inner(from, to))));
    }
    return isFormatted ? made(...parts) : LEAF;
  }

  /** The expression of a field of a formatted text. @param {number} from @param {number} to @returns {Part} */
  inner(from, to) {
    const reader = new Reader(this.source.slice(from, to), this.offset + from, true);
    const part = reader.whole();
    this.names.push(...reader.names);
    return part;
  }
}

/** Make names the ones that a comprehension binds. @param {Part} target */
function bind(target) {
  if (target.name) target.name.as = "bound";
  else if (target.kind === "tuple" || target.kind === "list") target.parts?.forEach(bind);
  else if (target.kind !== "place") throw new NoExpression();
}
