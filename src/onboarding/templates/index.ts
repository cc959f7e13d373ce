export { FIELD_LABELS } from "./fields.js";
export { type FilledTemplate, fillTemplate, TEMPLATES } from "./fill.js";
export {
  TEMPLATE_FIELDS,
  TEMPLATE_NAMES,
  type Template,
  type TemplateField,
  type TemplateName,
  type TemplateValues,
} from "./types.js";
