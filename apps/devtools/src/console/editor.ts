import type { KeyspaceInfo } from '@cassette/client';
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { sql } from '@codemirror/lang-sql';
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { lintGutter, setDiagnostics } from '@codemirror/lint';
import { Compartment, EditorState, Prec } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  placeholder,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { cql } from './cql-dialect.ts';

/** What the console needs of its editor. */
export interface Editor {
  text(): string;
  /** Replaces everything and puts the cursor at the end. */
  setText(text: string): void;
  /** Marks the word at a line and column, both from 1, as wrong. */
  markError(line: number, column: number, message: string): void;
  clearErrors(): void;
  /** Names for completion. */
  complete(keyspaces: readonly KeyspaceInfo[]): void;
  focus(): void;
  destroy(): void;
}

/** What the editor asks of the console. */
export interface EditorHooks {
  run(): void;
  /** Older (-1) or newer (1) script of the history. */
  recall(direction: -1 | 1): void;
}

// Colours are the style sheet's, so that light and dark are decided in one place.
const colours = HighlightStyle.define([
  { tag: tags.keyword, class: 'tok-keyword' },
  { tag: [tags.typeName, tags.standard(tags.name)], class: 'tok-type' },
  { tag: [tags.string, tags.special(tags.string)], class: 'tok-string' },
  { tag: [tags.number, tags.bool, tags.null], class: 'tok-number' },
  { tag: tags.comment, class: 'tok-comment' },
]);

/** Makes an editor for CQL inside `parent`. */
export function makeEditor(parent: HTMLElement, hooks: EditorHooks): Editor {
  const language = new Compartment();
  const run = () => {
    hooks.run();
    return true;
  };
  const recall = (direction: -1 | 1) => () => {
    hooks.recall(direction);
    return true;
  };
  const view = new EditorView({
    parent,
    state: EditorState.create({
      extensions: [
        Prec.highest(
          keymap.of([
            { key: 'Mod-Enter', run },
            { key: 'Ctrl-Enter', run },
            { key: 'Alt-ArrowUp', run: recall(-1) },
            { key: 'Alt-ArrowDown', run: recall(1) },
          ]),
        ),
        lineNumbers(),
        lintGutter(),
        history(),
        // Characters that are not seen, or turn the direction of what is around them, must not make a script look like another.
        highlightSpecialChars(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        autocompletion(),
        highlightActiveLine(),
        // Tab goes on to the next control: a page must not catch the keyboard.
        keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...completionKeymap]),
        syntaxHighlighting(colours),
        language.of(sql({ dialect: cql, upperCaseKeywords: true })),
        placeholder('CQL goes here. Ctrl+Enter runs it.'),
        EditorView.contentAttributes.of({ 'aria-label': 'CQL statements' }),
        EditorView.lineWrapping,
        EditorView.updateListener.of((update) => {
          if (update.docChanged) queueMicrotask(clearErrors);
        }),
      ],
    }),
  });
  function clearErrors(): void {
    view.dispatch(setDiagnostics(view.state, []));
  }
  return {
    text: () => view.state.doc.toString(),
    setText(text) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, selection: { anchor: text.length } });
    },
    markError(line, column, message) {
      const { doc } = view.state;
      const at = doc.line(Math.min(Math.max(line, 1), doc.lines));
      const from = Math.min(at.from + column - 1, doc.length);
      const word = /^[\w$]+|^\S/.exec(doc.sliceString(from, at.to));
      const to = Math.min(from + (word?.[0].length ?? 1), doc.length);
      // At the very end there is no character to underline but the last one.
      const mark = from === to && from > 0 ? { from: from - 1, to } : { from, to };
      view.dispatch(setDiagnostics(view.state, [{ ...mark, severity: 'error', message }]));
    },
    clearErrors,
    complete(keyspaces) {
      const names: Record<string, Record<string, string[]>> = {};
      for (const { name, tables } of keyspaces) {
        names[name] = Object.fromEntries(tables.map((table) => [table.name, table.columns.map((column) => column.name)]));
      }
      view.dispatch({ effects: language.reconfigure(sql({ dialect: cql, upperCaseKeywords: true, schema: names })) });
    },
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}
