// The designer. It runs in one page of its own and talks to the API of definitions alone.
import { start } from './app.jsx';

start(document.querySelector('#design'));
