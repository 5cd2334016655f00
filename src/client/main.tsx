import { render } from 'preact'

import { App } from './shell/app.tsx'
import { followLanguage } from './shell/language.ts'
import { startRouter } from './shell/router.ts'
import { loadSession } from './shell/session.ts'
import './style/main.css'

followLanguage(document.documentElement)
startRouter()
void loadSession()
render(<App />, document.body)
