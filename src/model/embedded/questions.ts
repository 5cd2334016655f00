const ENDS_AS_QUESTION =
  /(?:[?？][\s"”'’)）]*|(?:吗|么|什么|怎么样|怎么办|谁|哪里|哪儿|多少|几点|是不是)[\s。.!！~～]*)$/
const BEGINS_AS_QUESTION =
  /^\s*(?:请问|有人知道|谁知道|有没有人|does anyone|do you know|who knows|any idea)/i

const ASKS_FOR_FACT =
  /\b(?:who|when|where|which|what time|what day|what date|how (?:many|much|long|often))\b|谁|什么时候|何时|几点|几号|哪|多少|多久|周几|星期几/i

const COMMON_ADDRESS = /[@＠](?:assistant|助手)/gi

/** Whether a line asks something, by how it begins or ends. */
export function isQuestion(text: string): boolean {
  return ENDS_AS_QUESTION.test(text.trimEnd()) || BEGINS_AS_QUESTION.test(text)
}

/** Whether a question is after a name, a time, a place or a number: what people tell each other. */
export function asksForFact(text: string): boolean {
  return ASKS_FOR_FACT.test(text)
}

/** A text without the address of the assistant, which is no part of what is asked. */
export function withoutAddress(text: string, assistantName: string): string {
  return text.replaceAll(COMMON_ADDRESS, ' ').replaceAll(`@${assistantName}`, ' ')
}
