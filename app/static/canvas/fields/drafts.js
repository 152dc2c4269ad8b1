/** What is being typed and is no edit of the flow yet: typing in one field becomes one step to undo. */

/** How long after the last key an edit counts as made. */
export const IDLE_MS = 800;

/**
 * The value that one field shows while it is typed in.
 * @template T
 */
export class Draft {
  /**
   * @param {T} value
   * @param {{ save: (value: T) => void, changed?: () => void, idle?: number }} options save makes the edit; changed is told that the value shown is another
   */
  constructor(value, { save, changed = () => {}, idle = IDLE_MS }) {
    this.value = value;
    this.saved = value;
    this.save = save;
    this.changed = changed;
    this.idle = idle;
    this.isPending = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  /** Show a value, and make the edit when nothing follows for a while. @param {T} value */
  type(value) {
    this.value = value;
    this.isPending = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), this.idle);
    this.changed();
  }

  /** Show a value and make the edit at once. @param {T} value */
  commit(value) {
    this.value = value;
    this.isPending = true;
    this.flush();
    this.changed();
  }

  /** Make the edit that is pending, if one is. */
  flush() {
    clearTimeout(this.timer);
    if (!this.isPending) return;
    this.isPending = false;
    if (same(this.value, this.saved)) return;
    this.saved = this.value;
    this.save(this.value);
  }

  /** Told what the flow says now: it counts, unless something is being typed. @param {T} value */
  follow(value) {
    if (this.isPending || same(value, this.saved)) return;
    this.saved = value;
    this.value = value;
  }
}

/** All drafts of an editor, so that what is saved holds what was typed last. */
export class Drafts {
  /** @param {any} eventBus */
  constructor(eventBus) {
    /** @type {Set<Draft<any>>} */
    this.open = new Set();
    const flush = () => this.flush();
    eventBus.on(["editor.flush", "selection.changed"], 2000, flush);
  }

  flush() {
    for (const draft of [...this.open]) draft.flush();
  }
}

/** @type {WeakMap<any, Drafts>} */
const ofEditors = new WeakMap();

/** The drafts of an editor. @param {any} editor */
export function draftsOf(editor) {
  const found = ofEditors.get(editor) ?? new Drafts(editor.get("eventBus"));
  ofEditors.set(editor, found);
  return found;
}

/** @param {any} a @param {any} b */
export function same(a, b) {
  return a === b || (typeof a === "object" && typeof b === "object" && JSON.stringify(a) === JSON.stringify(b));
}
