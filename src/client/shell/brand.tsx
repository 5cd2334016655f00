import { switchLanguage, words } from './language.ts'
import { renewLanguage } from './session.ts'
import { SignOut } from './sign-out.tsx'

/** The seal and the name; leads home. */
export function Brand() {
  return (
    <a class="brand" href="/">
      <span class="seal" aria-hidden="true">
        圆
      </span>
      {words.value.common.product}
    </a>
  )
}

/** Names the other language, in that language. */
export function LanguageButton() {
  const next = words.value.common.language
  return (
    <button
      type="button"
      class="button quiet"
      onClick={() => {
        switchLanguage()
        void renewLanguage()
      }}
    >
      {next}
    </button>
  )
}

/** What stands above every page that is no room. */
export function PageTop() {
  return (
    <header class="page-top">
      <Brand />
      <div>
        <LanguageButton />
        <SignOut />
      </div>
    </header>
  )
}
