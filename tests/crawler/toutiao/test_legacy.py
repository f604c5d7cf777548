"""Pages of 2019 and 2020: read by their exact order of fields, never run."""

from __future__ import annotations

from tests.crawler.toutiao.shapes import reading_of

GROUP = "https://www.toutiao.com/group/6734577895106150924/"
PAGE = """<html><head><title>x</title></head><body><script>var BASE_DATA = {
    articleInfo: {
      title: '&quot;云岭县\\u201c两会\\u201d &amp; 它的\\\'故事\\\'&quot;'.slice(6, -6),
      content: 'BODY'.slice(6, -6),
      groupId: '6734577895106150924',
      itemId: '6734577895106150999',
      type: 1,
      subInfo: {
        isOriginal: true,
        source: '澜州日报',
        time: '2019-09-09 16:01:46'
      },
    },
    commentInfo: { groupId: '1', comments_count: 0, ban_comment: 0 },
    mediaInfo: {
      uid: '5827361912',
      name: '云岭发布',
    }
  };</script></body></html>"""
BODY = r"&quot;\u003Cp class&#x3D;\&quot;a\&quot;\u003E第一段\u003Cbr\u003E第二段\u003C\u002Fp\u003E&quot;"
PAGE = PAGE.replace("BODY", BODY)


def test_escapes_are_read_as_the_page_would_show_them():
    post, _author = reading_of(GROUP, PAGE).records
    assert post.title == "云岭县“两会” & 它的'故事'"
    assert post.text == "第一段\n第二段"


def test_second_id_source_and_zero_comments_are_kept():
    post, author = reading_of(GROUP, PAGE).records
    assert (author.name, author.aliases, author.avatar_url) == ("云岭发布", {"user_id": "5827361912"}, None)
    assert (post.addresses, post.source_name, post.counters["comments"]) == (("6734577895106150999",), "澜州日报", 0)


def test_another_order_of_fields_is_unparsed_and_names_the_old_layout():
    reading = reading_of(GROUP, PAGE.replace("subInfo", "otherInfo"))
    assert (reading.kind, reading.status) == ("legacy", "unparsed")
    assert "旧版版式" in reading.reason


def test_a_missing_author_is_not_guessed():
    assert reading_of(GROUP, PAGE.replace("uid: '5827361912'", "uid: ''")).status == "unparsed"
