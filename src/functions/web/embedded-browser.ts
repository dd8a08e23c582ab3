/** Browsers inside apps: Google refuses its consent page to them. */
export function isEmbeddedBrowser(userAgent: string): boolean {
  return /\bFBA[NV]\b|\bInstagram\b|\bLine\/|\bTwitter\b|\bLinkedInApp\b|\bSnapchat\b|\bMicroMessenger\b|\bBytedance|; wv\)|\bGSA\//i.test(
    userAgent,
  );
}
