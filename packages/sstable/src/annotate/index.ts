export { annotateChunks, annotateComponent, annotatedComponents } from './annotate-component.ts';
export { annotateData } from './annotate-data.ts';
export { type Annotation, type AnnotationValue, fieldsOf } from './annotation.ts';
