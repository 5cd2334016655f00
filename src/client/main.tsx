import { render } from 'preact'

import { App } from './shell/app.tsx'
import { followLanguage } from './shell/language.ts'
import { route, startRouter } from './shell/router.ts'
import { loadSession, session, wasSignedIn } from './shell/session.ts'

followLanguage(document.documentElement)
startRouter()

// A stranger at the front door is asked for a name, not for papers; a room has to know.
if (wasSignedIn() || route.value.at === 'room') void loadSession()
else session.value = { is: 'guest' }
render(<App />, document.body)
