/* One small made-up input of each layout of records: it must be told, and give so many rows. */
#ifndef VITRINE_TESTS_DRIVERS_RECORD_SAMPLES_H
#define VITRINE_TESTS_DRIVERS_RECORD_SAMPLES_H

#include "base/types.h"

typedef struct {
    const char *format;
    const char *name;
    const char *text;
    u32 rows;
} record_sample_t;

static const record_sample_t record_samples[] = {
        {"binance_depth", "x.csv",
         "symbol,timestamp,first_update_id,last_update_id,side,update_type,price,qty,pu\n"
         "BTCUSDT,1667346579146,1,2,b,snap,20377.00,1.770,-1\n", 1},
        {"bybit_orderbook", "x.jsonl",
         "{\"topic\":\"orderbook.500.X\",\"type\":\"snapshot\",\"ts\":1733011200691,\"data\":{\"s\":\""
         "X\",\"b\":[[\"1.9\",\"62\"]],\"a\":[]}}\n", 1},
        {"cboe_chain", "cboe_spx_x.csv",
         "\n"
         "Index,Last: 4505.1,Change:  3\n"
         "\"Date: September 14, 2023 at 4:31 PM EDT\",Bid: 1,Ask: 2,Size: 1*1,Volume: 0\n"
         "Expiration Date,Calls,Last Sale,Net,Bid,Ask,Volume,IV,Delta,Gamma,Open Interest,Strike,Puts,"
         "Last Sale,Net,Bid,Ask,Volume,IV,Delta,Gamma,Open Interest\n"
         "Thu Sep 14 2023,SPXW230914C01200000,0,0,3300.1,3319.8,0,0,0,0,0,1200.00,SPXW230914P01200000,"
         "0,0,0,0.05,0,0,0,0,0\n", 2},
        {"crypto_5min", "x.csv",
         "symbol,Datetime,Close,High,Low,Open,Volume\n"
         "BTC-USD,2026-01-21 00:00:00+00:00,10,12,9,11,5\n", 1},
        {"fear_greed", "x.csv",
         "Date,Fear Greed,Rating\n"
         "2011-01-03,68.0,greed\n", 1},
        {"fed_primary_credit", "x.csv",
         "DATE,PCREDIT8\n"
         "2003-01-09,2.25\n", 1},
        {"financial_phrasebank", "phrasebank.csv",
         "neutral,\"Sales were, as before, flat .\"\n", 1},
        {"fred_series", "x.csv",
         "series,date,value\n"
         "UNRATE,2020-01-01,3.5\n", 1},
        {"freqtrade_trades", "XRP_ETH-trades.json",
         "[[1570752011620,\"13\",null,\"sell\",0.00141342,23.0,0.0325]]", 1},
        {"lean_cme_margins", "x.csv",
         "symbol,date,initial,maintenance\n"
         "6A,20000101,1215,900\n", 1},
        {"lean_coarse_universe", "x.csv",
         "file_date,sid,symbol,close,volume,dollar_volume,has_fundamental_data,price_factor,split_fact"
         "or\n"
         "20140324,A B,A,5,10,50,True,0.5,1\n", 1},
        {"lean_crypto_daily_quote", "coinbase_daily_quote.csv",
         "symbol,datetime,bid_open,bid_high,bid_low,bid_close,bid_size,ask_open,ask_high,ask_low,ask_c"
         "lose,ask_size\n"
         "spy,20131007 00:00,100,103,99,101,3,101,104,100,102,4\n", 1},
        {"lean_crypto_daily_trade", "coinbase_daily_trade.csv",
         "symbol,datetime,open,high,low,close,volume\n"
         "spy,20131007 00:00,100,103,99,101,5\n", 1},
        {"lean_crypto_minute_quote", "coinbase_minute_quote.csv",
         "symbol,date,time_ms,bid_open,bid_high,bid_low,bid_close,bid_size,ask_open,ask_high,ask_low,a"
         "sk_close,ask_size\n"
         "spy,20131007,34200000,100,103,99,101,3,101,104,100,102,4\n", 1},
        {"lean_crypto_minute_trade", "coinbase_minute_trade.csv",
         "symbol,date,time_ms,open,high,low,close,volume\n"
         "spy,20131007,34200000,100,103,99,101,5\n", 1},
        {"lean_crypto_second_quote", "coinbase_second_quote.csv",
         "symbol,date,time_ms,bid_open,bid_high,bid_low,bid_close,bid_size,ask_open,ask_high,ask_low,a"
         "sk_close,ask_size\n"
         "spy,20131007,34200000,100,103,99,101,3,101,104,100,102,4\n", 1},
        {"lean_crypto_second_trade", "coinbase_second_trade.csv",
         "symbol,date,time_ms,open,high,low,close,volume\n"
         "spy,20131007,34200000,100,103,99,101,5\n", 1},
        {"lean_equity_hour_trade", "equity_hour_trade.csv",
         "symbol,datetime,open,high,low,close,volume\n"
         "spy,20131007 10:00,1000000,1030000,990000,1010000,5\n", 1},
        {"lean_equity_minute_quote", "equity_minute_quote.csv",
         "symbol,date,time_ms,bid_open,bid_high,bid_low,bid_close,bid_size,ask_open,ask_high,ask_low,a"
         "sk_close,ask_size\n"
         "spy,20131007,34200000,1000000,1030000,990000,1010000,3,1010000,1040000,1000000,1020000,4\n", 1},
        {"lean_equity_minute_trade", "equity_minute_trade.csv",
         "symbol,date,time_ms,open,high,low,close,volume\n"
         "spy,20131007,34200000,1000000,1030000,990000,1010000,5\n", 1},
        {"lean_equity_second_quote", "equity_second_quote.csv",
         "symbol,date,time_ms,bid_open,bid_high,bid_low,bid_close,bid_size,ask_open,ask_high,ask_low,a"
         "sk_close,ask_size\n"
         "spy,20131007,34200000,1000000,1030000,990000,1010000,3,1010000,1040000,1000000,1020000,4\n", 1},
        {"lean_equity_second_trade", "equity_second_trade.csv",
         "symbol,date,time_ms,open,high,low,close,volume\n"
         "spy,20131007,34200000,1000000,1030000,990000,1010000,5\n", 1},
        {"lean_equity_tick_quote", "tick_quote.csv",
         "symbol,date,time_ms,bid,bid_size,ask,ask_size,exchange,quote_condition,suspicious\n"
         "spy,20131007,34200000,1000000,3,1010000,4,P,1,0\n", 1},
        {"lean_equity_tick_trade", "tick_trade.csv",
         "symbol,date,time_ms,price,size,exchange,sale_condition,suspicious\n"
         "spy,20131007,34200000,1000000,7,P,0,0\n", 1},
        {"lean_etf_universe", "x.csv",
         "etf,file_date,symbol,sid,constituent_date,weight,shares,market_value\n"
         "spy,20201210,A,A B,20201210,0.01,5,6\n", 1},
        {"lean_factor_files", "x.csv",
         "file,date,price_factor,split_factor,reference_price\n"
         "spy,20131007,0.9,1,170\n", 1},
        {"lean_forex_daily_quote", "oanda_daily_quote.csv",
         "symbol,datetime,bid_open,bid_high,bid_low,bid_close,bid_size,ask_open,ask_high,ask_low,ask_c"
         "lose,ask_size\n"
         "spy,20131007 00:00,100,103,99,101,3,101,104,100,102,4\n", 1},
        {"lean_forex_hour_quote", "oanda_hour_quote.csv",
         "symbol,datetime,bid_open,bid_high,bid_low,bid_close,bid_size,ask_open,ask_high,ask_low,ask_c"
         "lose,ask_size\n"
         "spy,20131007 10:00,100,103,99,101,3,101,104,100,102,4\n", 1},
        {"lean_forex_minute_quote", "oanda_minute_quote.csv",
         "symbol,date,time_ms,bid_open,bid_high,bid_low,bid_close,bid_size,ask_open,ask_high,ask_low,a"
         "sk_close,ask_size\n"
         "spy,20131007,34200000,100,103,99,101,3,101,104,100,102,4\n", 1},
        {"lean_forex_tick_quote", "tick_quote.csv",
         "symbol,date,time_ms,bid,ask\n"
         "spy,20131007,34200000,100,101\n", 1},
        {"lean_future_chain_eod", "lean_es_chain_eod.csv",
         "file_date,expiry,open,high,low,close,volume,open_interest\n"
         "20130710,201312,10,12,9,11,5,7\n", 1},
        {"lean_future_daily_oi", "future_daily_oi.csv",
         "symbol,datetime,contract,open_interest\n"
         "spy,20131007 00:00,201312,9\n", 1},
        {"lean_future_daily_quote", "es_daily_quote.csv",
         "symbol,datetime,contract,bid_open,bid_high,bid_low,bid_close,bid_size,ask_open,ask_high,ask_"
         "low,ask_close,ask_size\n"
         "spy,20131007 00:00,201312,100,103,99,101,3,101,104,100,102,4\n", 1},
        {"lean_future_daily_trade", "es_daily_trade.csv",
         "symbol,datetime,contract,open,high,low,close,volume\n"
         "spy,20131007 00:00,201312,100,103,99,101,5\n", 1},
        {"lean_future_factors", "x.jsonl",
         "{\"Date\":\"2009-11-30T00:00:00\",\"BackwardsRatioScale\":[0.87,0.88,0.89],\"BackwardsPanama"
         "CanalScale\":[-244.0,-241.0,-216.75],\"ForwardPanamaCanalScale\":[0.0,0.0,0.0],\"DataMapping"
         "Mode\":1}\n", 1},
        {"lean_future_map", "lean_es_map_files.csv",
         "20131007,es x,CME,1\n", 1},
        {"lean_future_minute_oi", "es_minute_oi.csv",
         "symbol,date,time_ms,contract,open_interest\n"
         "spy,20131007,34200000,201312,9\n", 1},
        {"lean_future_minute_quote", "es_minute_quote.csv",
         "symbol,date,time_ms,contract,bid_open,bid_high,bid_low,bid_close,bid_size,ask_open,ask_high,"
         "ask_low,ask_close,ask_size\n"
         "spy,20131007,34200000,201312,100,103,99,101,3,101,104,100,102,4\n", 1},
        {"lean_future_minute_trade", "es_minute_trade.csv",
         "symbol,date,time_ms,contract,open,high,low,close,volume\n"
         "spy,20131007,34200000,201312,100,103,99,101,5\n", 1},
        {"lean_map_files", "x.csv",
         "file,date,ticker,exchange\n"
         "spy,20131007,spy,P\n", 1},
        {"lean_market_hours", "x.json",
         "{\"entries\": {\"Equity-usa-[*]\": {\"dataTimeZone\": \"x\", \"exchangeTimeZone\": \"America"
         "/New_York\", \"sunday\": [{\"a\": 1}], \"holidays\": [\"1/1/1998\"], \"earlyCloses\": {}}}}", 1},
        {"lean_option_chain_eod", "x.csv",
         "underlying,file_date,expiry,strike,right,open,high,low,close,volume,open_interest,implied_vo"
         "latility,delta,gamma,vega,theta,rho\n"
         "spy,20131007,20131220,170,C,1,2,1,1,5,7,0.2,0.5,0.1,0.1,-0.1,0.1\n", 1},
        {"lean_option_daily_oi", "option_daily_oi.csv",
         "symbol,datetime,contract,open_interest\n"
         "spy,20131007 00:00,american_call_6000000_20151224,9\n", 1},
        {"lean_option_daily_quote", "option_daily_quote.csv",
         "symbol,datetime,contract,bid_open,bid_high,bid_low,bid_close,bid_size,ask_open,ask_high,ask_"
         "low,ask_close,ask_size\n"
         "spy,20131007 00:00,american_call_6000000_20151224,1000000,1030000,990000,1010000,3,1010000,1"
         "040000,1000000,1020000,4\n", 1},
        {"lean_option_daily_trade", "option_daily_trade.csv",
         "symbol,datetime,contract,open,high,low,close,volume\n"
         "spy,20131007 00:00,american_call_6000000_20151224,1000000,1030000,990000,1010000,5\n", 1},
        {"lean_option_minute_oi", "option_minute_oi.csv",
         "symbol,date,time_ms,contract,open_interest\n"
         "spy,20131007,34200000,american_call_6000000_20151224,9\n", 1},
        {"lean_option_minute_quote", "option_minute_quote.csv",
         "symbol,date,time_ms,contract,bid_open,bid_high,bid_low,bid_close,bid_size,ask_open,ask_high,"
         "ask_low,ask_close,ask_size\n"
         "spy,20131007,34200000,american_call_6000000_20151224,1000000,1030000,990000,1010000,3,101000"
         "0,1040000,1000000,1020000,4\n", 1},
        {"lean_option_minute_trade", "option_minute_trade.csv",
         "symbol,date,time_ms,contract,open,high,low,close,volume\n"
         "spy,20131007,34200000,american_call_6000000_20151224,1000000,1030000,990000,1010000,5\n", 1},
        {"lean_perp_minute_quote", "perp_minute_quote.csv",
         "symbol,date,time_ms,bid_open,bid_high,bid_low,bid_close,bid_size,ask_open,ask_high,ask_low,a"
         "sk_close,ask_size\n"
         "spy,20131007,34200000,100,103,99,101,3,101,104,100,102,4\n", 1},
        {"lean_perp_minute_trade", "perp_minute_trade.csv",
         "symbol,date,time_ms,open,high,low,close,volume\n"
         "spy,20131007,34200000,100,103,99,101,5\n", 1},
        {"lean_symbol_properties", "x.csv",
         "market,symbol,type,description,quote_currency,contract_multiplier,minimum_price_variation,lo"
         "t_size\n"
         "\n"
         "# no row\n"
         "eurex,FDAX,future,DAX,EUR,25,1,1\n", 1},
        {"nyse_listed", "nyse-listed.csv",
         "ACT Symbol,Company Name\n"
         "A,Name\n", 1},
        {"other_listed", "x.csv",
         "ACT Symbol,Company Name,Security Name,Exchange,CQS Symbol,ETF,Round Lot Size,Test Issue,NASD"
         "AQ Symbol\n"
         "A,Name,Name,N,A,N,100.0,N,A\n", 1},
        {"plain_chain", "x.csv",
         "underlying,date,expiry,strike,right,spot,bid,ask,iv,delta,gamma,vega,theta,rho\n"
         "SPY,2025-01-22,2025-02-21,400.00,C,401.25,9.10,9.30,0.21,0.53,0.01,0.45,-0.15,0.16\n", 1},
        {"plain_earnings", "x.csv", "symbol,due,announced\nAAPL,2025-01-30,2025-01-09\n", 1},
        {"sec_13f_cover", "x.xml",
         "<edgarSubmission xmlns=\"http://www.sec.gov/edgar/thirteenffiler\"><headerData><submissionTy"
         "pe>13F-HR</submissionType><cik>0001099219</cik><periodOfReport>12-31-2021</periodOfReport></"
         "headerData><name>M</name><signatureDate>02-14-2022</signatureDate></edgarSubmission>\n", 1},
        {"sec_13f_table", "x.xml",
         "<informationTable><infoTable><nameOfIssuer>3M</nameOfIssuer><cusip>88579Y101</cusip><value>4"
         "</value><shrsOrPrnAmt><sshPrnamt>2</sshPrnamt></shrsOrPrnAmt></infoTable></informationTable>"
         "\n", 1},
        {"sec_8k", "8k_x.html",
         "<html xmlns:ix=\"xbrl\"><ix:nonNumeric name=\"dei:EntityCentralIndexKey\">0001084869</ix:non"
         "Numeric><ix:nonNumeric name=\"dei:DocumentPeriodEndDate\"><b>December 14,</b> 2023</ix:nonNu"
         "meric></html>\n", 1},
        {"sec_company_facts", "x.json",
         "{\"cik\": \"0001997711\", \"entityName\": \"L\", \"facts\": {\"dei\": {\"Shares\": {\"label"
         "\": \"l\", \"units\": {\"shares\": [{\"end\": \"2024-03-28\", \"val\": 5, \"accn\": \"1\", "
         "\"fp\": \"FY\", \"form\": \"20-F\", \"filed\": \"2024-04-26\"}]}}}}}\n", 1},
        {"sec_daily_index", "form.idx",
         "Description:           Daily Index of EDGAR Dissemination Feed by Form Type\n"
         " \n"
         "Form Type   Company Name   CIK   Date Filed  File Name\n"
         "--------------------\n"
         "8-K/A       A B, Inc.    1806014     20200318    edgar/data/x.txt\n", 1},
        {"sec_form_144", "x.xml",
         "<edgarSubmission><submissionType>144</submissionType><issuerCik>0000320193</issuerCik><noOfU"
         "nitsSold>5</noOfUnitsSold><noticeDate>04/13/2023</noticeDate></edgarSubmission>\n", 1},
        {"sec_header", "x.html",
         "<SEC-HEADER>0001.hdr.sgml : 20240607\n"
         "<ACCEPTANCE-DATETIME>20240607181030\n"
         "<ACCESSION-NUMBER>0001\n"
         "<TYPE>4\n"
         "<CONFORMED-NAME>A\n"
         "<CIK>0001641388\n", 1},
        {"sec_latest", "x.atom",
         "<?xml version=\"1.0\"?>\n"
         "<feed><title>Latest Filings - x</title>\n"
         "<entry>\n"
         "<title>4 - A B (0002063236) (Reporting)</title>\n"
         "<link rel=\"alternate\" href=\"https://x\"/>\n"
         "<updated>2025-12-12T18:02:43-05:00</updated>\n"
         "<id>urn:x=0002063236-25-000004</id>\n"
         "</entry>\n"
         "</feed>\n", 1},
        {"sec_ownership", "x.xml",
         "<ownershipDocument><documentType>4</documentType><periodOfReport>2025-04-30</periodOfReport>"
         "<issuer><issuerCik>0000933972</issuerCik><issuerName>N</issuerName><issuerTradingSymbol>SCWO"
         "</issuerTradingSymbol></issuer><nonDerivativeTable><nonDerivativeTransaction><securityTitle>"
         "<value>Common</value></securityTitle><transactionDate><value>2025-04-30</value></transaction"
         "Date><transactionAmounts><transactionShares><value>5</value></transactionShares></transactio"
         "nAmounts></nonDerivativeTransaction></nonDerivativeTable><ownerSignature><signatureDate>2025"
         "-05-02</signatureDate></ownerSignature></ownershipDocument>\n", 1},
        {"sec_submissions", "x.json",
         "{\"cik\": \"1318605\", \"name\": \"T\", \"filings\": {\"recent\": {\"accessionNumber\": [\"1"
         "\"], \"reportDate\": [\"2022-11-28\"], \"acceptanceDateTime\": [\"2022-11-30T16:42:36.000Z\""
         "], \"form\": [\"4\"], \"items\": [\"\"], \"primaryDocument\": [\"d\"]}}}\n", 1},
        {"sec_tickers", "x.json",
         "{\"0\":{\"cik_str\":789019,\"ticker\":\"MSFT\",\"title\":\"M\"}}\n", 1},
        {"senate_trades", "x.json",
         "[{\"transaction_date\": \"11/10/2020\", \"owner\": \"Self\", \"ticker\": \"A\", \"asset_desc"
         "ription\": \"B\", \"asset_type\": \"Stock\", \"type\": \"Sale\", \"amount\": \"$50,001 - $10"
         "0,000\", \"comment\": \"--\", \"senator\": \"N N\", \"ptr_link\": \"x\"}]", 1},
        {"sp500_constituents", "x.csv",
         "Symbol,Security,GICS Sector,GICS Sub-Industry,Headquarters Location,Date added,CIK,Founded\n"
         "MMM,3M,Industrials,X,Y,1957-03-04,66740,1902\n", 1},
        {"sp500_members_2021", "x_constituents_2021.csv",
         "Symbol,Name,Sector\n"
         "MMM,3M,Industrials\n", 1},
        {"tardis_book", "x.csv",
         "exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount\n"
         "deribit,BTC,1585699200245000,1585699200355684,true,ask,6421.5,18640\n", 1},
        {"tardis_snapshot", "x.csv",
         "exchange,symbol,timestamp,local_timestamp,asks[0].price,asks[0].amount,bids[0].price,bids[0]"
         ".amount\n"
         "b,BTC,1598918403696000,1598918403810979,11,1,,\n", 1},
        {"us_reports_2016", "x.csv",
         "symbol,end_date,amend,period_focus,fiscal_year,doc_type,revenues,op_income,net_income,eps_ba"
         "sic,eps_diluted,dividend,assets,cur_assets,cur_liab,cash,equity,cash_flow_op,cash_flow_inv,c"
         "ash_flow_fin,file\n"
         "A,2015-11-29,False,Q2,2016,10-Q,1.0,2.0,3.0,0.3,0.3,,5.0,,,,,,,,20160106\n", 1},
        {"us_symbols_2016", "us_symbols_2016.txt",
         "A\tName, Inc.\n", 1},
        {"yahoo_headlines", "x.jsonl",
         "{\"date_download\": \"2017-05-12 10:05:07+00:00\", \"date_publish\": \"2017-05-01 14:04:36\""
         ", \"title\": \"T\", \"url\": \"u\", \"mentioned_companies\": [\"A\", \"B\"], \"related_compa"
         "nies\": [NaN, \"C\"], \"sentiment\": {\"negative\": 0.1, \"neutral\": 0.8, \"positive\": 0.1"
         "}}\n", 1},
};

static inline const record_sample_t *record_sample(u32 index)
{
    return index < COUNT_OF(record_samples) ? &record_samples[index] : NULL;
}

#endif
