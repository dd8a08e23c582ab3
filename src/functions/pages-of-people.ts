/** The pages, for wearers and for staff: one file, read with the first request for a page. */
export { boardConnection } from './board/board-connection';
export { board } from './board/show-board';
export { confirm } from './web/confirm';
export { confirmEmail } from './web/confirm-email';
export { favicon } from './web/favicon';
export { frontPage } from './web/front-page';
export { mistypedAddress } from './web/mistyped-address';
export { oauthCallback } from './web/oauth-callback';
export { oldAddress } from './web/old-address';
export { personalExport } from './web/personal-export';
export { privacy } from './web/privacy';
export { robots } from './web/robots';
export { sendLink } from './web/send-link';
export { personalPage } from './web/serve-personal-page';
export { signUp } from './web/sign-up';
export { unsubscribe } from './web/unsubscribe';
