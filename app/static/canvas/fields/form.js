/**
 * What the fields of a form share, without handing it down.
 *
 * @import { Offer } from "./pieces.js"
 * @import { Field as PluginField } from "../diagram/catalogue.js"
 * @typedef {{ editor: any, server: any, page: any, mayEdit: boolean, offers: () => Offer[], take: (offer: Offer) => string, together: (change: () => void) => void }} Form `take` gives the name to write for an offer, and makes the variable that it may need
 * @typedef {PluginField & { longest?: number }} Field
 * @typedef {{ id: string, field: Field, value: any, type: (value: any) => void, commit: (value: any) => void, done: () => void, disabled: boolean, describedBy?: string, invalid?: boolean, beside?: Field[], valueOf?: (key: string) => any, list?: string }} WidgetProps `type` is told while a person types, `commit` when the value is meant, `done` when the field is left
 */
import { createContext } from "preact";
import { useContext } from "preact/hooks";

/** @type {Form} */
const ALONE = { editor: null, server: null, page: {}, mayEdit: true, offers: () => [], take: (offer) => offer.name, together: (change) => change() };

export const FormContext = createContext(ALONE);

/** @returns {Form} */
export const useForm = () => useContext(FormContext);
