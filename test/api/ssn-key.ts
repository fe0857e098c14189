/** The private part of the local stage's companyUsers.ssnKey: it opens what a laptop's run has sealed, and nothing else. */
export const ssnKey = {
  kty: "EC",
  x: "LOskBQiuLK4mNGkfPpX-AlXL73YT6njHC345sdEZFEw",
  y: "KcLoTzen9d2Aq3ZT4AfuVm3AAyS349J3k9nGGTVj-VQ",
  crv: "P-256",
  d: "Eu0R056ZnauKnASiazz9WG9HVNIHD7aZM_mmPtVkSHA",
};
