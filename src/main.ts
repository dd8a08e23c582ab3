/** What Azure runs. The only file that reads the environment; a malformed setting stops the app here, by name. */
import { app } from '@azure/functions';
import { readConfig } from './config';
import { register } from './functions/register';
import { createServices } from './services';

register(app, createServices(readConfig(process.env)));
