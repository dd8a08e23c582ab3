/** The names of the jobs, and of the queues that they travel through. Nothing else is in this file, because every start reads it. */
export const jobKinds = [
  'rotate-token',
  'check-battery',
  'close-connection',
  'send-links',
  'send-webhook',
  'operate',
] as const;
