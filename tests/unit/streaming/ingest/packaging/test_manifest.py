"""The DASH manifest, with text as players read it."""

from streaming.ingest.packaging.manifest import with_whole_texts

MANIFEST = """<?xml version="1.0" encoding="UTF-8"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT8S">
  <Period id="0">
    <AdaptationSet id="1" contentType="video">
      <Representation id="0" mimeType="video/mp4">
        <SegmentTemplate timescale="12288" initialization="v90/init.mp4" media="v90/$Number%05d$.m4s" startNumber="1" />
      </Representation>
    </AdaptationSet>
    <AdaptationSet id="0" contentType="text" lang="ru">
      <Role schemeIdUri="urn:mpeg:dash:role:2011" value="subtitle" />
      <Representation id="1" bandwidth="111" mimeType="text/vtt">
        {text}
      </Representation>
    </AdaptationSet>
  </Period>
</MPD>
"""
SEGMENTS = """<SegmentTemplate timescale="1000" media="s-ru/$Number%05d$.vtt" startNumber="1">
          <SegmentTimeline><S t="0" d="3999" /></SegmentTimeline>
        </SegmentTemplate>"""


def test_text_is_one_file_and_all_else_as_it_was() -> None:
    rewritten = with_whole_texts(MANIFEST.format(text=SEGMENTS), "subtitles.vtt")
    assert rewritten == MANIFEST.format(text="<BaseURL>s-ru/subtitles.vtt</BaseURL>")
    assert with_whole_texts(rewritten, "subtitles.vtt") == rewritten
