export { demoHeader, demoLaboratoryReport, demoReport } from "../../mock/index.js";
