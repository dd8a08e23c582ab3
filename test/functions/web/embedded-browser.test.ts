import { isEmbeddedBrowser } from '../../../src/functions/web/embedded-browser';

describe('a browser inside an app, to which Google shows no consent page', () => {
  const iPhone =
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)';
  const webView = (build: string) =>
    `Mozilla/5.0 (Linux; Android 14; ${build}; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0.6478.71 Mobile Safari/537.36`;

  test.each([
    [
      'Facebook on an iPhone',
      `${iPhone} Mobile/15E148 [FBAN/FBIOS;FBAV/468.0.0.35.72;FBBV/608884297;FBDV/iPhone14,5;FBMD/iPhone;FBSN/iOS;FBSV/17.5.1;FBSS/3;FBID/phone;FBLC/en_US;FBOP/5]`,
    ],
    [
      'Facebook on Android',
      `${webView('SM-S918B Build/UP1A.231005.007')} [FB_IAB/FB4A;FBAV/468.1.0.56.78;IABMV/1;]`,
    ],
    [
      'Messenger on an iPhone',
      `${iPhone} Mobile/15E148 [FBAN/MessengerForiOS;FBAV/462.0.0.32.108;FBBV/603486473]`,
    ],
    [
      'Instagram on an iPhone',
      `${iPhone} Mobile/15E148 Instagram 337.0.3.23.89 (iPhone14,5; iOS 17_5_1; en_US; en; scale=3.00; 1170x2532; 614064327)`,
    ],
    [
      'Instagram on Android',
      `${webView('Pixel 8 Build/AP2A.240605.024')} Instagram 336.0.0.35.90 Android (34/14; 420dpi; 1080x2205; Google/google; Pixel 8; shiba; shiba; en_US; 612841735)`,
    ],
    ['LINE on an iPhone', `${iPhone} Mobile/15E148 Safari Line/14.9.0`],
    ['LINE on Android', `${webView('SO-51D Build/64.2.A.2.183')} Line/14.9.1/IAB`],
    ['a WebView on Android', webView('Pixel 8 Build/AP2A.240605.024')],
    ['WeChat', `${iPhone} Mobile/15E148 MicroMessenger/8.0.49(0x18003137) NetType/WIFI Language/en`],
    ['TikTok', `${iPhone} Mobile/15E148 musical_ly_35.1.0 JsSdk/2.0 NetType/WIFI BytedanceWebview/d8a21c6`],
    ['LinkedIn', `${iPhone} Mobile/15E148 [LinkedInApp]/9.29.5846`],
    [
      'Snapchat',
      `${iPhone} Version/17.5 Mobile/15E148 Safari/604.1 Snapchat/12.93.0.41 (like Safari/8618.2.12.10.9, panda)`,
    ],
    ['X, once Twitter', `${iPhone} Mobile/15E148 Twitter for iPhone/10.44`],
    ['the Google app on an iPhone', `${iPhone} GSA/321.0.642804631 Mobile/15E148 Safari/604.1`],
  ])('is %s', (_, userAgent) => {
    expect(isEmbeddedBrowser(userAgent)).toBe(true);
  });

  test.each([
    ['Safari on an iPhone', `${iPhone} Version/17.5 Mobile/15E148 Safari/604.1`],
    ['Chrome on an iPhone', `${iPhone} CriOS/126.0.6478.54 Mobile/15E148 Safari/604.1`],
    ['Firefox on an iPhone', `${iPhone} FxiOS/127.0 Mobile/15E148 Safari/605.1.15`],
    [
      'Safari on a Mac',
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15',
    ],
    [
      'Chrome on Android',
      'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36',
    ],
    [
      'Chrome on Windows',
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
    ],
    [
      'Edge',
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.2592.68',
    ],
    ['Firefox on Android', 'Mozilla/5.0 (Android 14; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0'],
    ['Firefox on Linux', 'Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0'],
    [
      'Samsung Internet',
      'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36',
    ],
    [
      'Samsung Internet of before, which named the phone',
      'Mozilla/5.0 (Linux; Android 13; SAMSUNG SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/21.0 Chrome/110.0.5481.154 Mobile Safari/537.36',
    ],
    ['a program', 'curl/8.7.1'],
    ['somebody who says nothing', ''],
  ])('is not %s', (_, userAgent) => {
    expect(isEmbeddedBrowser(userAgent)).toBe(false);
  });
});
