import * as classes from "./tables/classes.js";
import * as contentTypes from "./tables/content-types.js";
import * as documentTypes from "./tables/document-types.js";
import * as formatLabels from "./tables/format-labels.js";
import * as newerFormats from "./tables/newer-template-formats.js";
import * as otherTypes from "./tables/other-document-types.js";
import * as settings from "./tables/settings.js";
import * as formats from "./tables/template-to-format.js";
import * as typeToClass from "./tables/type-to-class.js";

/** Where a table comes from, and its date (`YYYY-MM-DD`). */
export interface TableVersion {
  source: string;
  version: string;
}

const of = ({ source, version }: TableVersion): TableVersion => ({ source, version });

/** The version of each table of the package: a document that a newer table knows may be unknown here. */
export const terminologyVersions: Readonly<Record<string, Readonly<TableVersion>>> = {
  documentTypes: of(documentTypes),
  otherDocumentTypes: of(otherTypes),
  typeToClass: of(typeToClass),
  templateToFormat: of(formats),
  newerTemplateFormats: of(newerFormats),
  formatLabels: of(formatLabels),
  classes: of(classes),
  contentTypes: of(contentTypes),
  settings: of(settings),
};
