/** What this page asks for in its offers. Pure text and lists. */

/**
 * Ask for retransmission of audio too: the spoken yes is evidence (RFC 4585 §4.2).
 * @param {string} sdp
 * @returns {string} with `a=rtcp-fb:<pt> nack` for every Opus payload type that lacks it
 */
export function withAudioNack(sdp) {
  const opus = [...sdp.matchAll(/^a=rtpmap:(\d+) opus\/.*$/gim)].map((match) => match[1]);
  return opus.reduce((text, pt) => {
    if (new RegExp(`^a=rtcp-fb:${pt} nack\\s*$`, "m").test(text)) return text;
    return text
      .replace(new RegExp(`^(a=rtpmap:${pt} opus/.*)$`, "im"), `$1\r\na=rtcp-fb:${pt} nack`)
      .replace(/\r\r\n/g, "\r\n");
  }, sdp);
}

/**
 * VP8 before all others; nothing is removed, so that a browser without it still gets a call.
 * @param {RTCRtpCodec[]} codecs
 * @returns {RTCRtpCodec[]}
 */
export function vp8First(codecs) {
  const isVp8 = (/** @type {RTCRtpCodec} */ c) => c.mimeType.toLowerCase() === "video/vp8";
  return [...codecs.filter(isVp8), ...codecs.filter((c) => !isVp8(c))];
}
