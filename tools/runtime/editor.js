// 编辑器：CodeMirror 6 里用得着的几样，打成一个文件，只在点了“运行”之后才取。
import {defaultKeymap, history, historyKeymap} from "@codemirror/commands"
import {python} from "@codemirror/lang-python"
import {bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting} from "@codemirror/language"
import {Compartment, EditorState, Prec, StateEffect, StateField} from "@codemirror/state"
import {Decoration, drawSelection, EditorView, keymap, WidgetType} from "@codemirror/view"
import {tags} from "@lezer/highlight"

export {
  bracketMatching, Compartment, Decoration, defaultKeymap, drawSelection, EditorState, EditorView, HighlightStyle, history,
  historyKeymap, indentOnInput, indentUnit, keymap, Prec, python, StateEffect, StateField, syntaxHighlighting, tags,
  WidgetType,
}
