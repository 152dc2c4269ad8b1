/** Styles of diagram-js, of which those that every element would carry stand in the style sheet, where the browser shares them. */
import Styles from "diagram-js/lib/draw/Styles.js";

export default class PlainStyles extends Styles {
  constructor() {
    super();
    const { cls } = this;
    /** @param {string} name @param {string[]} [traits] @param {Record<string, any>} [more] @returns {Record<string, any>} */
    this.cls = (name, traits, more) => (name.startsWith("djs-hit") ? { class: name } : cls.call(this, name, traits, more));
  }
}
