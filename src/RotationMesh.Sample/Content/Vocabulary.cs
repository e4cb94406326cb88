namespace RotationMesh.Sample;

/// <summary>Words of one script, and how phrases are made of them.</summary>
internal sealed record Vocabulary(int Share, string Separator, string End, string[] Words)
{
    /// <summary>
    /// The scripts of the sample. Each share is a number of phrases in a hundred; together they give about 1.5 bytes a
    /// character in UTF-8.
    /// </summary>
    public static readonly Vocabulary[] Scripts =
    [
        new(44, " ", ". ", Split(Latin)),
        new(4, " ", "! ", Split(Emoji)),
        new(19, " ", ". ", Split(Cyrillic)),
        new(11, " ", "· ", Split(Greek)),
        new(9, " ", "؟ ", Split(Arabic)),
        new(13, "", "。", Split(Cjk)),
    ];

    private const string Latin =
        "the a of and to in for with board meeting quarter revenue forecast budget pipeline customer contract renewal "
        + "hiring plan risk review roadmap launch margin cash runway invoice supplier policy audit compliance "
        + "strategy growth churn onboarding support incident team owner deadline agreed pending approved naïve résumé "
        + "Größe façade señor Łódź İstanbul año œuvre žádost København";
    private const string Cyrillic =
        "совет встреча квартал выручка прогноз бюджет клиент договор продление найм план риск обзор запуск маржа счёт "
        + "поставщик политика аудит стратегия рост поддержка команда срок рішення зустріч звіт і не на по для";
    private const string Greek =
        "συμβούλιο συνάντηση τρίμηνο έσοδα πρόβλεψη προϋπολογισμός πελάτης συμβόλαιο ανανέωση σχέδιο κίνδυνος έλεγχος "
        + "στρατηγική ανάπτυξη ομάδα προθεσμία και το της για";
    private const string Arabic =
        "مجلس اجتماع ربع إيرادات توقعات ميزانية عميل عقد تجديد خطة مخاطر مراجعة إطلاق فاتورة مورد سياسة تدقيق نمو فريق "
        + "موعد في من على";
    private const string Cjk =
        "董事会 会议 季度 收入 预测 预算 客户 合同 续约 招聘 计划 风险 审查 发布 利润 取締役会 売上 見通し 予算 顧客 契約 更新 採用 "
        + "リスク 회의 매출 예산 고객 계약";
    private const string Emoji =
        "🚀 launch 📈 growth ⚠️ risk ✅ done 🔐 keys 👩‍💻 team 🇪🇺 market 💶 budget 🧾 invoice 🗓️ deadline";

    private static string[] Split(string words) => words.Split(' ');
}
