import type { KeyspaceInfo } from '@cassette/client';
import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  closeBrackets,
  closeBracketsKeymap,
  closeCompletion,
  completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching, indentOnInput, LanguageSupport, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { EditorState, Prec } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  placeholder,
  tooltips,
} from '@codemirror/view';
import { type Offer, offersAt } from './completion/complete-cql.ts';
import { isOpen } from './completion/statement-words.ts';
import { colours, cql } from './cql-dialect.ts';
import { LiveCheck } from './live-check.ts';
import { keyspaceOfUse } from './run-statement.ts';
import { splitScript } from './script/split-script.ts';
import { usedKeyspace } from './settings.ts';

/** What the console needs of its editor. */
export interface Editor {
  text(): string;
  /** What is to be run: what is selected, or everything, and where it begins: line and column from 1. */
  chosen(): { readonly text: string; readonly line: number; readonly column: number };
  /** Replaces everything and puts the cursor at its end, or at its beginning. */
  setText(text: string, cursor?: 'start' | 'end'): void;
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
  /** Older (-1) or newer (1) script of the history; false where there is none. */
  recall(direction: -1 | 1): boolean;
}

/** Larger scripts than this are run, and not looked at while they are typed. Characters. */
const checkedMax = 300_000;

const kinds: Readonly<Record<Offer['kind'], { readonly type: string; readonly boost: number }>> = {
  column: { type: 'property', boost: 3 },
  field: { type: 'property', boost: 3 },
  table: { type: 'class', boost: 2 },
  option: { type: 'enum', boost: 2 },
  keyspace: { type: 'namespace', boost: 1 },
  type: { type: 'type', boost: 1 },
  keyword: { type: 'keyword', boost: 0 },
  command: { type: 'keyword', boost: -1 },
  function: { type: 'function', boost: -1 },
};

/** Makes an editor for CQL inside `parent`. */
export function makeEditor(parent: HTMLElement, hooks: EditorHooks): Editor {
  let schema: readonly KeyspaceInfo[] = [];
  const run = (view: EditorView) => {
    closeCompletion(view);
    hooks.run();
    return true;
  };
  const recall = (direction: -1 | 1) => () => hooks.recall(direction);
  /** At the ends of the text the arrows go on into the history. */
  const recallAtEnd = (direction: -1 | 1) => (view: EditorView) => {
    const { doc, selection } = view.state;
    const line = doc.lineAt(selection.main.head).number;
    if (!selection.main.empty || line !== (direction < 0 ? 1 : doc.lines)) return false;
    return hooks.recall(direction);
  };
  const check = new LiveCheck(marked);
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
        autocompletion({ override: [(context) => complete(context, schema)], defaultKeymap: false }),
        highlightActiveLine(),
        // In the whole page's or element's room: the editor's own would cut them off.
        tooltips({ parent: parent.closest<HTMLElement>('.cassette') ?? parent }),
        // Tab goes on to the next control: a page must not catch the keyboard.
        Prec.high(keymap.of(completionKeymap)),
        keymap.of([
          { key: 'ArrowUp', run: recallAtEnd(-1) },
          { key: 'ArrowDown', run: recallAtEnd(1) },
        ]),
        keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...lintKeymap]),
        syntaxHighlighting(colours),
        new LanguageSupport(cql.language),
        placeholder('CQL goes here. Ctrl+Enter runs it; HELP lists what else there is.'),
        EditorView.contentAttributes.of({ 'aria-label': 'CQL statements', tabindex: '0' }),
        EditorView.lineWrapping,
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return;
          queueMicrotask(clearErrors);
          if (update.state.doc.length <= checkedMax) check.soon();
        }),
      ],
    }),
  });
  /** What is wrong with the text as it is; the word that is being typed is not judged, nor is what is missing behind it. */
  function marked(mistakes: readonly { position: number; end: number; message: string }[]): void {
    const { doc, selection } = view.state;
    const { head } = selection.main;
    const found = mistakes.flatMap(({ position, end, message }): Diagnostic[] => {
      const mark = markAt(position);
      const isTyped =
        view.hasFocus &&
        ((mark.from <= head && head <= mark.to) || (position >= end && head >= end && doc.sliceString(end, head).trim() === ''));
      return isTyped ? [] : [{ ...mark, severity: 'error', message }];
    });
    view.dispatch(setDiagnostics(view.state, found));
  }
  check.text = () => view.state.doc.toString();
  function markAt(position: number): { readonly from: number; readonly to: number } {
    const { doc } = view.state;
    const from = Math.min(position, doc.length);
    const word = /^[\w$]+|^\S/.exec(doc.sliceString(from, doc.lineAt(from).to));
    const to = Math.min(from + (word?.[0].length ?? 1), doc.length);
    // At the very end there is no character to underline but the last one.
    return from === to && from > 0 ? { from: from - 1, to } : { from, to };
  }
  function clearErrors(): void {
    view.dispatch(setDiagnostics(view.state, []));
  }
  return {
    text: () => view.state.doc.toString(),
    chosen() {
      const { doc, selection } = view.state;
      const { from, to } = selection.main;
      if (from === to || doc.sliceString(from, to).trim() === '') return { text: doc.toString(), line: 1, column: 1 };
      const line = doc.lineAt(from);
      return { text: doc.sliceString(from, to), line: line.number, column: from - line.from + 1 };
    },
    setText(text, cursor = 'end') {
      const anchor = cursor === 'end' ? text.length : 0;
      view.dispatch({
        changes: { from: 0, to: view.state.doc.length, insert: text },
        selection: { anchor },
        scrollIntoView: true,
      });
    },
    markError(line, column, message) {
      const { doc } = view.state;
      const at = doc.line(Math.min(Math.max(line, 1), doc.lines));
      const mark = markAt(Math.min(at.from + column - 1, doc.length));
      check.forget();
      view.dispatch(setDiagnostics(view.state, [{ ...mark, severity: 'error', message }]));
    },
    clearErrors,
    complete(keyspaces) {
      schema = keyspaces;
    },
    focus: () => view.focus(),
    destroy() {
      check.forget();
      view.destroy();
    },
  };
}

function complete(context: CompletionContext, schema: readonly KeyspaceInfo[]): CompletionResult | null {
  const { state, pos, explicit } = context;
  const script = state.doc.toString();
  if (script.length > checkedMax) return null;
  const word = context.matchBefore(/"\w*$|(?<!\w)[A-Za-z]\w*$/);
  const dot = context.matchBefore(/\.$/);
  if (!explicit && dot === null && (word === null || word.from === word.to)) return null;
  const statements = splitScript(script);
  const statement = statements.findLast(({ from }) => from <= pos);
  const own = statement === undefined || isBehind(script, statement.from + statement.text.length, pos) ? null : statement;
  const from = own?.from ?? word?.from ?? pos;
  const text = own === null ? script.slice(from, pos) : script.slice(from, Math.max(pos, from + own.text.length));
  if (isOpen(text.slice(0, pos - from))) return null;
  const keyspace = currentKeyspace(statements.filter((one) => one.from < pos).map((one) => one.text));
  const { offers, from: replaced } = offersAt(text, pos - from, { schema, keyspace });
  return { from: from + replaced, options: offers.map(completion), validFor: /^"?\w*$/ };
}

/** Whether a place is in what comes behind a statement that is over. */
function isBehind(script: string, end: number, position: number): boolean {
  return position > end && /;|\n/.test(script.slice(end, position)) && script.slice(end, position).includes(';');
}

/** The one that a USE before it says, in the script or when it ran. */
function currentKeyspace(before: readonly string[]): string | null {
  return before.map(keyspaceOfUse).findLast((name) => name !== null) ?? usedKeyspace.value;
}

function completion({ label, apply, kind, detail }: Offer): Completion {
  return { label, ...kinds[kind], ...(apply !== undefined && { apply }), ...(detail !== undefined && { detail }) };
}
